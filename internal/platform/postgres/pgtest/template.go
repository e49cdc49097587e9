package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"

	"awil/internal/platform/postgres"
	"awil/migrations"
)

// makeTemplate builds the template for this binary's migrations unless a test
// program before us has.
func (r *run) makeTemplate(ctx context.Context) error {
	key, err := migrationsHash()
	if err != nil {
		return err
	}
	r.template = fmt.Sprintf("%s%08x", templatePrefix, uint32(key))
	if err := r.hold(ctx, "pg_advisory_lock_shared", lockTemplate, key); err != nil {
		return err
	}
	if err := r.hold(ctx, "pg_advisory_lock", lockBuild, key); err != nil {
		return err
	}
	if err := r.buildTemplate(ctx); err != nil {
		return err
	}
	return r.hold(ctx, "pg_advisory_unlock", lockBuild, key)
}

func (r *run) buildTemplate(ctx context.Context) error {
	var exists bool
	const find = `select exists (select from pg_database where datname = $1)`
	if err := r.admin.QueryRow(ctx, find, r.template).Scan(&exists); err != nil || exists {
		return err
	}
	// Built under a name of this run's, so that one left half built is swept.
	name := r.newName()
	if _, err := r.admin.Exec(ctx, "create database "+name+" template template0 encoding 'UTF8'"); err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, r.url(name)); err != nil {
		return err
	}
	if _, err := r.admin.Exec(ctx, fmt.Sprintf("alter database %s rename to %s", name, r.template)); err != nil {
		return err
	}
	return r.mark(ctx, r.template, true)
}

// mark makes a database a template nobody can connect to, or an ordinary one:
// a single connection would stop it from being copied.
func (r *run) mark(ctx context.Context, name string, template bool) error {
	sql := fmt.Sprintf("alter database %s is_template %t allow_connections %t", name, template, !template)
	if _, err := r.admin.Exec(ctx, sql); err != nil {
		return fmt.Errorf("mark %s: %w", name, err)
	}
	return nil
}

// migrationsHash identifies a set of migrations, the job queue's included.
func migrationsHash() (int32, error) {
	sum := sha256.New()
	known, err := postgres.Known()
	if err != nil {
		return 0, err
	}
	fmt.Fprintln(sum, known.QueueKnown)
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return 0, err
		}
		fmt.Fprintln(sum, name, len(text))
		sum.Write(text)
	}
	return int32(binary.BigEndian.Uint32(sum.Sum(nil))), nil
}
