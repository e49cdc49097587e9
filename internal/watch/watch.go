// Package watch knows what a page is made from. Those who read for a page say
// what they read by its topic; the database says which topics have changed, on
// the channel awil_changes; so a page that is kept is given up exactly when
// something it shows has changed.
package watch

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Topic names something pages show, as the triggers of the database name it.
type Topic string

// Topics that stand for all rows of their kind, for there are few and they
// change rarely.
const (
	Everything Topic = "all"
	Places     Topic = "places"     // regions, districts, villages
	Categories Topic = "categories" // and the allergens goods declare
	Markets    Topic = "markets"    // rates, ways to send and to pay, the programme
	Curation   Topic = "curation"   // collections and features
	Words      Topic = "words"      // what search finds
	Vocabulary Topic = "vocabulary" // the words that names consist of
	Makers     Topic = "makers"     // which producers there are in each village
)

// Product is a product with its texts, photos, variants, prices and stock.
func Product(id int64) Topic { return of("product:", id) }

// Producer is a producer with its texts.
func Producer(id int64) Topic { return of("producer:", id) }

// Photo is a photo with its texts and sizes.
func Photo(id int64) Topic { return of("photo:", id) }

// List is which goods a market shows.
func List(market string) Topic { return Topic("list:" + market) }

// Shelf is which goods of a category a market shows.
func Shelf(market string, categoryID int64) Topic { return of("list:"+market+":c", categoryID) }

// OfVillage is which goods of a village a market shows.
func OfVillage(market string, villageID int64) Topic { return of("list:"+market+":v", villageID) }

// OfProducer is which goods of a producer a market shows.
func OfProducer(market string, producerID int64) Topic { return of("list:"+market+":p", producerID) }

// Prices is the order a market's goods have by price.
func Prices(market string) Topic { return Topic("prices:" + market) }

// Seasons is in which months there is some of a market's goods.
func Seasons(market string) Topic { return Topic("season:" + market) }

// Shelves is which categories of a market hold anything.
func Shelves(market string) Topic { return Topic("shelves:" + market) }

func of(kind string, id int64) Topic { return Topic(kind + strconv.FormatInt(id, 10)) }

// Parse reads the topics of one message of the database.
func Parse(payload string) []Topic {
	words := strings.Fields(payload)
	topics := make([]Topic, len(words))
	for i, w := range words {
		topics[i] = Topic(w)
	}
	return topics
}

// Notes are what one page was made from. The zero Notes are empty and ready;
// many may write at once.
type Notes struct {
	mu     sync.Mutex
	topics map[Topic]struct{}
	until  time.Time
}

type notesKey struct{}

// Into returns a context whose readers write into n.
func Into(ctx context.Context, n *Notes) context.Context {
	return context.WithValue(ctx, notesKey{}, n)
}

// On says that what is read shows topics. Nothing happens where nobody takes
// notes.
func On(ctx context.Context, topics ...Topic) {
	n, ok := ctx.Value(notesKey{}).(*Notes)
	if !ok {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.topics == nil {
		n.topics = make(map[Topic]struct{}, len(topics))
	}
	for _, t := range topics {
		n.topics[t] = struct{}{}
	}
}

// Until says that what is read will be something else at t by itself: a
// feature begins, goods nobody paid for are free again. The zero Time says
// nothing.
func Until(ctx context.Context, t time.Time) {
	n, ok := ctx.Value(notesKey{}).(*Notes)
	if !ok || t.IsZero() {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.until.IsZero() || t.Before(n.until) {
		n.until = t
	}
}

// Topics lists what was read, in no order.
func (n *Notes) Topics() []Topic {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := make([]Topic, 0, len(n.topics))
	for t := range n.topics {
		list = append(list, t)
	}
	return list
}

// End is when what was read changes by itself; zero: never.
func (n *Notes) End() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.until
}

// Add takes over what another has noted: of a part that is kept for several
// pages.
func Add(ctx context.Context, n *Notes) {
	On(ctx, n.Topics()...)
	Until(ctx, n.End())
}
