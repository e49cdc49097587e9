package postgres

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// Where says in words where a connection string leads, without its password.
func Where(url string) (string, error) {
	c, err := pgconn.ParseConfig(url)
	if err != nil {
		return "", errors.New("the database's address cannot be read") // the error itself may quote a password
	}
	return fmt.Sprintf("database %s of user %s at %s, port %d", c.Database, c.User, c.Host, c.Port), nil
}
