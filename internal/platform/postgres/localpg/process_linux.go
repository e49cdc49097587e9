package localpg

import "syscall"

// attributes give the child its user, a process group of its own (Ctrl-C in a
// terminal is for us; we stop the server when we are done with it), and an
// interrupt from the kernel should we die first.
func (h home) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if h.switches {
		attr.Credential = &syscall.Credential{Uid: h.uid, Gid: h.gid}
	}
	return attr
}
