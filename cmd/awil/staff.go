package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"awil/internal/accounts"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// staff opens an account for somebody of the programme. The password comes by standard input, never by an argument
// that other users of the machine could read.
func staff(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "add" {
		return errors.New("say: awil staff add --login=… --name=… [--role=admin] [--lang=en]")
	}
	flags := flag.NewFlagSet("staff add", flag.ContinueOnError)
	login := flags.String("login", "", "e-mail address or telephone number")
	name := flags.String("name", "", "her name")
	role := flags.String("role", string(accounts.RoleAdmin), "curator, finance, admin or partner")
	lang := flags.String("lang", "en", "language of her pages")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	n, err := newStaff(*login, *name, *role, *lang)
	if err != nil {
		return err
	}
	fmt.Fprint(os.Stderr, "Password, at least 8 characters: ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return errors.New("no password on standard input")
	}
	n.Password = strings.TrimRight(line, "\r\n")
	c, err := readConfig()
	if err != nil {
		return err
	}
	return withPool(ctx, c, func(pool *postgres.Pool) error {
		id, err := accounts.New(pool, time.Now).Create(ctx, n)
		if err != nil {
			return err
		}
		fmt.Printf("Account %d is open: %s, %s.\n", id, *login, *role)
		return nil
	})
}

func newStaff(login, name, role, lang string) (n accounts.NewAccount, err error) {
	var ok bool
	if n.Lang, ok = i18n.ParseLang(lang); !ok {
		return n, fmt.Errorf("no language %q", lang)
	}
	if n.Login, err = accounts.ParseLogin(login, n.Lang); err != nil {
		return n, fmt.Errorf("--login: %w", err)
	}
	parsed, err := accounts.ParseRole(role)
	if err != nil {
		return n, fmt.Errorf("--role: %w", err)
	}
	n.Name, n.Roles = name, accounts.Roles{parsed}
	return n, nil
}
