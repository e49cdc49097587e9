package browsertest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// watch keeps what the browser says about a page while it is used.
type watch struct {
	base string

	mu       sync.Mutex
	main     string // the main frame's id
	at       string // the main document's address
	status   int64  // and its HTTP status
	loads    int    // documents loaded to their end
	requests map[network.RequestID]string
	wrong    []string
	dialogs  []string
}

func newWatch(base string) *watch {
	return &watch{base: base, requests: map[network.RequestID]string{}}
}

// event is called for everything that happens in the tab, in order; it must
// not wait.
func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := ev.(type) {
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			w.main, w.at = string(e.Frame.ID), e.Frame.URL+e.Frame.URLFragment
		}
	case *page.EventNavigatedWithinDocument:
		if string(e.FrameID) == w.main {
			w.at = e.URL
		}
	case *page.EventLoadEventFired:
		w.loads++
	case *page.EventJavascriptDialogOpening:
		w.dialogs = append(w.dialogs, e.Message)
	case *network.EventRequestWillBeSent:
		w.requests[e.RequestID] = e.Request.Method + " " + e.Request.URL
		w.foreign(e.Request.URL)
	case *network.EventResponseReceived:
		w.answered(e)
	case *network.EventLoadingFailed:
		w.failed(e)
	case *runtime.EventExceptionThrown:
		w.add("uncaught exception: " + exception(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.add("console: " + arguments(e.Args))
		}
	case *log.EventEntryAdded:
		w.logged(e.Entry)
	}
}

// add notes something wrong, with the page it happened on.
func (w *watch) add(what string) {
	line := fmt.Sprintf("on %s: %s", w.at, what)
	if !slices.Contains(w.wrong, line) {
		w.wrong = append(w.wrong, line)
	}
}

// foreign notes a request that leaves the site: no page may tell others who
// looks at it.
func (w *watch) foreign(address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return
	}
	if w.base != "" && !strings.HasPrefix(address, w.base+"/") && address != w.base {
		w.add("request to another site: " + address)
	}
}

// answered keeps the document's status; a file of the page must be there.
func (w *watch) answered(e *network.EventResponseReceived) {
	if e.Type == network.ResourceTypeDocument {
		w.status = e.Response.Status
		return
	}
	if e.Response.Status >= 400 {
		w.add(fmt.Sprintf("%d for %s", e.Response.Status, w.requests[e.RequestID]))
	}
}

// failed notes what could not be loaded. Leaving a page cancels what is still
// on its way.
func (w *watch) failed(e *network.EventLoadingFailed) {
	if e.Canceled || e.ErrorText == "net::ERR_ABORTED" {
		return
	}
	w.add(fmt.Sprintf("%s for %s", e.ErrorText, w.requests[e.RequestID]))
}

// logged notes the browser's own complaints, such as violations of the content
// policy. Failed requests are noted above, where their kind is known.
func (w *watch) logged(e *log.Entry) {
	if e.Level == log.EntryLevelError && e.Source != log.EntrySourceNetwork {
		w.add(fmt.Sprintf("%s: %s (%s)", e.Source, e.Text, e.URL))
	}
}

func exception(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Text + " " + d.Exception.Description
	}
	return d.Text
}

func arguments(args []*runtime.RemoteObject) string {
	var all []string
	for _, a := range args {
		if a.Description != "" {
			all = append(all, a.Description)
		} else {
			all = append(all, string(a.Value))
		}
	}
	return strings.Join(all, " ")
}

func (w *watch) address() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

// state returns how many documents have been loaded and the last one's status.
func (w *watch) state() (loads int, status int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loads, w.status
}

// take returns what was wrong since the last call.
func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	wrong := w.wrong
	w.wrong = nil
	return wrong
}
