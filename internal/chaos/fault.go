package chaos

// fault is what goes wrong at one place of one actor.
type fault int

const (
	none        fault = iota
	killed            // its process dies here
	killedAfter       // the step is done, then its process dies: nobody learns of it
	cut               // the connection to the database is lost before the step
	cutAfter          // the step is done, the answer is lost with the connection
	clash             // the database breaks a deadlock: the transaction has to be run again
	slow              // the statement is ended by its time limit
	lostRequest       // the call never reaches the provider
	lostAnswer        // the provider does it, its answer never comes
	serverError       // the provider fails, and remembers so under the call's key
)

var faultNames = [...]string{"", "killed before", "killed after", "connection cut before", "connection cut after", "deadlock",
	"statement timed out", "request lost", "answer lost", "provider failed"}

// String says it for the list of steps.
func (f fault) String() string { return faultNames[f] }

// mayGoWrong lists what can go wrong at a place.
func mayGoWrong(at place) []fault {
	switch at {
	case atBegin:
		return []fault{killed, cut}
	case atStatement:
		return []fault{killed, cut, clash, slow}
	case atCommit:
		return []fault{killed, killedAfter, cut, cutAfter, clash}
	case atLone:
		return []fault{killed, killedAfter, cut, cutAfter, slow}
	case atCall:
		return []fault{killed, killedAfter, lostRequest, lostAnswer, serverError}
	case atEnd, atAnswer:
		return []fault{killed}
	}
	return nil
}

var placeNames = [...]string{"start", "begin", "statement", "commit", "end", "statement", "call", "answer", "lock"}

// String names the place for the list of steps.
func (p place) String() string { return placeNames[p] }
