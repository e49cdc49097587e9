package localpg

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// maxSocketPath is the longest path of a unix socket: 108 bytes with the
// closing zero (unix(7)).
const maxSocketPath = 107

// rootFallback holds the clusters whose folder the server's user cannot reach.
const rootFallback = "/var/lib/awil"

// home is the folder a server lives in and the user it runs as.
type home struct {
	dir      string
	sockets  string
	uid, gid uint32
	switches bool // we are root and the server is not
}

// prepare makes the folder and decides which user owns it.
func prepare(dir string) (home, error) {
	h, err := locate(dir)
	if err != nil {
		return home{}, err
	}
	if err := h.makeDir(); err != nil {
		return home{}, err
	}
	// The server knows its folder by the real path; we compare with that.
	if h.dir, err = filepath.EvalSymlinks(h.dir); err != nil {
		return home{}, fmt.Errorf("database folder: %w", err)
	}
	return h, h.chooseSockets()
}

// locate decides where the folder is and which user owns it.
func locate(dir string) (home, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return home{}, fmt.Errorf("database folder: %w", err)
	}
	h := home{dir: dir, uid: uint32(os.Getuid()), gid: uint32(os.Getgid())}
	if os.Getuid() == 0 {
		err = h.runAsOther()
	}
	return h, err
}

// runAsOther picks the user for a server started by root: the owner of an
// existing cluster, else postgres, else nobody.
func (h *home) runAsOther() error {
	h.switches = true
	owner, found := ownerOf(h.data())
	if found && owner.Uid != 0 {
		h.uid, h.gid = owner.Uid, owner.Gid
		return nil
	}
	var err error
	if h.uid, h.gid, err = serverUser(); err != nil {
		return err
	}
	if !reachable(filepath.Dir(h.dir), h.uid, h.gid) {
		h.dir = filepath.Join(rootFallback, shortHash(h.dir))
	}
	return nil
}

func (h *home) makeDir() error {
	if err := os.MkdirAll(filepath.Dir(h.dir), 0o755); err != nil {
		return fmt.Errorf("database folder: %w", err)
	}
	if err := os.Mkdir(h.dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("database folder: %w", err)
	}
	if h.switches {
		if err := os.Chown(h.dir, int(h.uid), int(h.gid)); err != nil {
			return fmt.Errorf("database folder: %w", err)
		}
		return nil
	}
	if owner, found := ownerOf(h.dir); found && owner.Uid != h.uid {
		return fmt.Errorf("the database folder %s belongs to another user (id %d): "+
			"start as that user or as root, or choose another folder", h.dir, owner.Uid)
	}
	return nil
}

// chooseSockets puts the socket beside the cluster, or in the folder for
// temporary files where that path is too long for a socket.
func (h *home) chooseSockets() error {
	h.sockets = h.dir
	if len(filepath.Join(h.dir, ".s.PGSQL."+port)) <= maxSocketPath {
		return nil
	}
	h.sockets = filepath.Join(os.TempDir(), "awil-"+shortHash(h.dir))
	if err := os.Mkdir(h.sockets, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("database socket: %w", err)
	}
	info, err := os.Lstat(h.sockets)
	if err != nil {
		return fmt.Errorf("database socket: %w", err)
	}
	// Anybody may make a folder there; one that is not ours is not used.
	owner, _ := ownerOf(h.sockets)
	if !info.IsDir() || owner.Uid != h.uid && owner.Uid != uint32(os.Getuid()) {
		return fmt.Errorf("database socket: %s belongs to somebody else", h.sockets)
	}
	if h.switches {
		if err := os.Chown(h.sockets, int(h.uid), int(h.gid)); err != nil {
			return fmt.Errorf("database socket: %w", err)
		}
	}
	return nil
}

// clear removes what a server left; the lock file stays until its holder is
// done with it.
func (h home) clear() error {
	err := errors.Join(os.RemoveAll(h.data()), os.RemoveAll(h.log()))
	if h.sockets != h.dir {
		err = errors.Join(err, os.RemoveAll(h.sockets))
	}
	return err
}

// clusterVersion is the major version of the cluster in the folder, 0 when
// there is none yet.
func (h home) clusterVersion() int {
	version, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	return majorVersion(strings.TrimSpace(string(version)))
}

func serverUser() (uid, gid uint32, err error) {
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(found.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(found.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return uint32(uid), uint32(gid), nil
		}
	}
	return 0, 0, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")
}

func ownerOf(path string) (syscall.Stat_t, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return syscall.Stat_t{}, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return syscall.Stat_t{}, false
	}
	return *stat, true
}

// reachable reports whether the user may enter dir, judging by owner, group
// and mode; what does not exist yet will be made open.
func reachable(dir string, uid, gid uint32) bool {
	if info, err := os.Stat(dir); err == nil {
		owner, found := ownerOf(dir)
		bit := os.FileMode(0o001)
		switch {
		case found && owner.Uid == uid:
			bit = 0o100
		case found && owner.Gid == gid:
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return false
		}
	}
	parent := filepath.Dir(dir)
	return parent == dir || reachable(parent, uid, gid)
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%x", sum[:6])
}
