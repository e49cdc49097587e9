package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// machine describes where the figures come from, and of what.
type machine struct {
	CPU, Memory, System string
	Programs            string // with their versions
	Commit              string
}

func (r *run) machine(ctx context.Context) machine {
	m := machine{
		CPU:    fmt.Sprintf("%s, %d cores", cpuModel(), runtime.NumCPU()),
		Memory: "unknown memory",
		System: runtime.GOOS + "/" + runtime.GOARCH,
		Commit: r.commit(ctx),
	}
	if info, err := os.ReadFile("/proc/meminfo"); err == nil {
		if total, err := procKilobytes(info, "MemTotal"); err == nil {
			m.Memory = fmt.Sprintf("%.0f GB memory", megabytes(total)/1024)
		}
	}
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.System = strings.TrimSpace(distribution() + " Linux " + strings.TrimSpace(string(kernel)))
	}
	m.Programs = strings.Join(r.programs(ctx), ", ")
	return m
}

// programs are those that took part.
func (r *run) programs(ctx context.Context) []string {
	list := []string{runtime.Version()}
	var version string
	if r.db != nil && r.db.QueryRow(ctx, "show server_version").Scan(&version) == nil {
		list = append(list, "PostgreSQL "+firstWord(version))
	}
	for _, tool := range []struct{ name, flag, place string }{
		{"nginx", "-v", "/usr/sbin/nginx"},
		{"vipsthumbnail", "--version", ""},
	} {
		path, err := find(tool.name, tool.place)
		if err != nil {
			continue
		}
		// nginx says its version where errors go.
		if out, err := exec.CommandContext(ctx, path, tool.flag).CombinedOutput(); err == nil {
			list = append(list, strings.TrimPrefix(strings.TrimSpace(string(out)), "nginx version: "))
		}
	}
	return list
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

func cpuModel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	return field(info, "model name", ":", runtime.GOARCH)
}

func distribution() string {
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return ""
	}
	return strings.Trim(field(release, "PRETTY_NAME", "=", ""), `"`)
}

// field reads the value of a line "name sep value".
func field(file []byte, name, separator, otherwise string) string {
	for lines := bufio.NewScanner(bytes.NewReader(file)); lines.Scan(); {
		key, value, found := strings.Cut(lines.Text(), separator)
		if found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}

// busyMachine says so when others use the machine already: figures and
// yardsticks then share what is left, and even their ratios are less firm.
func busyMachine() string {
	file, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return busyAt(firstWord(string(file)), runtime.NumCPU())
}

// busyAt judges the load average of the last minute: half of the
// cores is what a machine at rest may show after a build.
func busyAt(average string, cores int) string {
	n, err := strconv.ParseFloat(average, 64)
	if err != nil || n <= float64(cores)/2 {
		return ""
	}
	return fmt.Sprintf("Others kept the machine busy: %s programs wanted its %d cores when the run began.", average, cores)
}

// shortCommit is how much of a commit's name tells it from the others.
const shortCommit = 10

// commit is what this program was built from; where the build does not say,
// what lies in the folder of the sources now, if the document is written there.
func (r *run) commit(ctx context.Context) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		if name := builtFrom(info.Settings); name != "" {
			return name
		}
	}
	if r.cfg.Document == "" {
		return "unknown"
	}
	name, err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	changed, err := exec.CommandContext(ctx, "git", "status", "--porcelain", "--untracked-files=no").Output()
	return commitName(strings.TrimSpace(string(name)), err != nil || len(changed) > 0)
}

// builtFrom reads the commit that the build noted down, "" for none.
func builtFrom(settings []debug.BuildSetting) string {
	noted := map[string]string{}
	for _, s := range settings {
		noted[s.Key] = s.Value
	}
	if noted["vcs.revision"] == "" {
		return ""
	}
	return commitName(noted["vcs.revision"], noted["vcs.modified"] == "true")
}

func commitName(revision string, changed bool) string {
	name := revision[:min(shortCommit, len(revision))]
	if changed {
		name += " with changes"
	}
	return name
}
