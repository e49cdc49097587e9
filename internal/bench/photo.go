package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"awil/internal/photos"
	"awil/internal/platform/blob"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

const (
	besideVips = "vipsthumbnail, the same sizes"
	photoGoal  = 1.0
)

// photo measures the CPU time from an upload to all its JPEG sizes, everything
// included that an upload takes, beside vipsthumbnail making the same sizes.
// The AVIF ones come later in the background and are not part of it.
func (r *run) photo(ctx context.Context) error {
	r.say("a 12-megapixel photo to all its sizes")
	if r.site != nil { // it would make AVIF of ours meanwhile
		if err := r.site.stop(); err != nil {
			return err
		}
	}
	service, done, err := r.photoService(ctx)
	if err != nil {
		return err
	}
	defer done()
	picture, err := phonePhoto()
	if err != nil {
		return err
	}
	vips, err := find("vipsthumbnail")
	if err != nil && !errors.Is(err, errMissing) {
		return err
	}
	if vips == "" {
		r.note("The photo stands alone: %v.", err)
	}
	var ours, theirs []float64
	for n := range r.plan.photos {
		upload := picture.numbered(n)
		widths, spent, err := uploadCPU(ctx, service, upload)
		if err != nil {
			return err
		}
		ours = append(ours, spent)
		if vips == "" {
			continue
		}
		if spent, err = r.vipsCPU(ctx, vips, upload, widths); err != nil {
			return err
		}
		theirs = append(theirs, spent)
	}
	f := Figure{Name: "12-megapixel photo to all its sizes, CPU", Unit: "ms", Ours: median(ours)}.ratioAtMost(photoGoal)
	if vips != "" {
		f = f.withYardstick(besideVips, median(theirs))
	}
	r.add(f)
	return nil
}

// photoService is the one of the program, on our database and a folder of its
// own; call done when finished with it.
func (r *run) photoService(ctx context.Context) (service *photos.Service, done func(), err error) {
	pool, err := postgres.Open(ctx, r.pg.URL(), postgres.Options{ApplicationName: "awil-bench"})
	if err != nil {
		return nil, nil, err
	}
	folder := url.URL{Scheme: "file", Path: filepath.Join(r.dir, "photos")}
	store, err := blob.Open(ctx, folder.String())
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	queue, err := jobs.New(pool, jobs.Config{})
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	return photos.New(pool, store, photos.NewMaker(), queue), pool.Close, nil
}

// uploadCPU is the CPU time an upload takes, in milliseconds. Nothing else goes
// on in this process meanwhile.
func uploadCPU(ctx context.Context, s *photos.Service, upload []byte) (widths []int, spent float64, err error) {
	runtime.GC() // what was left from before is not the upload's
	before, err := ownCPU()
	if err != nil {
		return nil, 0, err
	}
	p, err := s.Upload(ctx, photos.Owner{}, bytes.NewReader(upload), int64(len(upload)))
	if err != nil {
		return nil, 0, fmt.Errorf("upload: %w", err)
	}
	after, err := ownCPU()
	if err != nil {
		return nil, 0, err
	}
	return p.Widths, milliseconds(after - before), nil
}

// ownCPU is the CPU time this process has used so far.
func ownCPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("CPU time: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// vipsCPU is the CPU time of vipsthumbnail for all widths, in milliseconds.
func (r *run) vipsCPU(ctx context.Context, program string, upload []byte, widths []int) (float64, error) {
	in := filepath.Join(r.dir, "upload.jpg")
	if err := os.WriteFile(in, upload, 0o600); err != nil {
		return 0, fmt.Errorf("vipsthumbnail: %w", err)
	}
	var spent time.Duration
	for _, width := range widths {
		size := strconv.Itoa(width)
		out := filepath.Join(r.dir, "upload-"+size+".jpg") + "[Q=80,optimize_coding,interlace,strip]"
		cmd := exec.CommandContext(ctx, program, in, "--size", size+"x", "--output", out)
		if said, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("vipsthumbnail: %w: %s", err, said)
		}
		spent += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	return milliseconds(spent), nil
}
