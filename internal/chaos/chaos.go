// Package chaos plays the shop under every fault we can inject and checks that
// its books, its stock and its promises hold all the same.
//
// A schedule is one play: buyers, producers, staff, the worker and the payment
// provider act at once, interleaved step by step, while processes die at their
// commits, connections are cut, calls and answers are lost, messages come
// twice, late, in another order or never, and the clock jumps. Whatever a
// schedule chooses it draws from its seed, so that one that fails can be played
// again, step by step.
package chaos

// Breakage switches off what the shop relies on, to see that the checks notice.
type Breakage struct {
	Forgetful bool   // the provider does not remember what it was asked before
	Unlisted  bool   // the provider finds no attempt by our number
	Generous  bool   // the provider sends back more than came
	Lying     bool   // the database says that it has committed, now and then, and has not
	SQL       string // run in the database before anything is played
}
