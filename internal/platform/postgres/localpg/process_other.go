//go:build unix && !linux

package localpg

import "syscall"

// attributes give the child its user and a process group of its own. Without
// Linux's death signal a killed program leaves its server running; the next
// start ends it.
func (h home) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if h.switches {
		attr.Credential = &syscall.Credential{Uid: h.uid, Gid: h.gid}
	}
	return attr
}
