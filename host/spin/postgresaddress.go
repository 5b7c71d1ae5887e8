package spin

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// postgresAddress is what an address of PostgreSQL says. It is read here and not
// by the driver, which would complete it with the environment and files of the
// host.
type postgresAddress struct {
	hosts          []postgresHost
	user, password string
	database       string
	security       string // disable, prefer or require
	parameters     map[string]string
	timeout        time.Duration // of connecting; 0 is none
	validate       pgconn.ValidateConnectFunc
}

// postgresHost is one of the servers that are tried in turn. text is the host as
// it is written, with the port if there is one.
type postgresHost struct {
	destination
	text string
}

const postgresPort = 5432

// parsePostgresAddress reads an address: a URL, or words such as
// "host=example.com user=me".
func parsePostgresAddress(address string) (*postgresAddress, error) {
	settings, err := postgresWords(address)
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if rest, ok := strings.CutPrefix(address, scheme); ok {
			settings, err = postgresURL(rest)
		}
	}
	if err != nil {
		return nil, err
	}
	a := &postgresAddress{security: "prefer", parameters: map[string]string{}}
	for _, s := range settings {
		if s[0] == "host" || s[0] == "port" {
			continue
		}
		if err := a.set(s[0], s[1]); err != nil {
			return nil, err
		}
	}
	if a.user == "" {
		return nil, errors.New("the address has no user")
	}
	return a, a.setHosts(settings)
}

// set sets what is not about hosts.
func (a *postgresAddress) set(key, value string) error {
	switch key {
	case "user":
		a.user = value
	case "password":
		a.password = value
	case "dbname":
		a.database = value
	case "options", "application_name":
		a.parameters[key] = value
	case "sslmode":
		if value != "disable" && value != "prefer" && value != "require" {
			return invalidOption(key)
		}
		a.security = value
	case "connect_timeout":
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return invalidOption(key)
		}
		a.timeout = time.Duration(max(n, 0)) * time.Second
	case "target_session_attrs":
		return a.setTarget(value)
	case "hostaddr":
		return errors.New("the option `hostaddr` is not supported: write the address as `host`")
	case "tcp_user_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_retries",
		"channel_binding", "load_balance_hosts", "sslnegotiation": // all of it is the driver's to choose
	default:
		return fmt.Errorf("unknown option `%s`", key)
	}
	return nil
}

func invalidOption(key string) error { return fmt.Errorf("invalid value for option `%s`", key) }

func (a *postgresAddress) setTarget(value string) error {
	switch value {
	case "any":
		a.validate = nil
	case "read-write":
		a.validate = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	case "read-only":
		a.validate = pgconn.ValidateConnectTargetSessionAttrsReadOnly
	default:
		return invalidOption("target_session_attrs")
	}
	return nil
}

// setHosts sets the hosts, with one port for all of them or one for each.
func (a *postgresAddress) setHosts(settings [][2]string) error {
	var hosts, ports []string
	for _, s := range settings {
		switch s[0] {
		case "host":
			hosts = append(hosts, strings.Split(s[1], ",")...)
		case "port":
			ports = append(ports, strings.Split(s[1], ",")...)
		}
	}
	if len(hosts) == 0 {
		return errors.New("the address has no host")
	}
	if len(ports) > 1 && len(ports) != len(hosts) {
		return errors.New("invalid number of ports")
	}
	for i, host := range hosts {
		port := ""
		if len(ports) > 0 {
			port = ports[min(i, len(ports)-1)]
		}
		h, err := newPostgresHost(host, port)
		if err != nil {
			return err
		}
		a.hosts = append(a.hosts, h)
	}
	return nil
}

func newPostgresHost(host, port string) (postgresHost, error) {
	h := postgresHost{destination{scheme: "postgres", port: postgresPort}, host}
	if strings.ContainsAny(host, "/@") {
		return h, errors.New("unix sockets are not supported")
	}
	if strings.Contains(host, ":") {
		host = "[" + strings.Trim(host, "[]") + "]"
	}
	var err error
	if h.host, err = canonicalHost(host); err != nil {
		return h, err
	}
	if port != "" {
		h.text += ":" + port
		h.port, err = parsePort(port)
	}
	return h, err
}

// postgresURL reads what follows the scheme of a URL.
func postgresURL(rest string) (settings [][2]string, err error) {
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, password, ok := strings.Cut(authority[:i], ":")
		settings = append(settings, [2]string{"user", user})
		if ok {
			settings = append(settings, [2]string{"password", password})
		}
		authority = authority[i+1:]
	}
	for host := range strings.SplitSeq(authority, ",") {
		name, port := splitHost(host)
		if port == "" {
			port = strconv.Itoa(postgresPort)
		}
		if name != "" {
			settings = append(settings, [2]string{"host", name}, [2]string{"port", port})
		}
	}
	if path != "" {
		settings = append(settings, [2]string{"dbname", path})
	}
	for pair := range strings.SplitSeq(query, "&") {
		if key, value, ok := strings.Cut(pair, "="); ok {
			settings = append(settings, [2]string{key, value})
		} else if pair != "" {
			return nil, errors.New("unterminated parameter")
		}
	}
	for i := range settings {
		for j, text := range settings[i] {
			if settings[i][j], err = url.PathUnescape(text); err != nil {
				return nil, errors.New("the address has an invalid escape") // err may tell the password
			}
		}
	}
	return settings, nil
}

// postgresWords reads words such as key=value or key = 'it\'s a value'.
func postgresWords(s string) (settings [][2]string, err error) {
	for s = strings.TrimLeft(s, spaces); s != ""; s = strings.TrimLeft(s, spaces) {
		key, rest, ok := strings.Cut(s, "=")
		key = strings.TrimRight(key, spaces)
		if !ok || key == "" || strings.ContainsAny(key, spaces) {
			return nil, errors.New("the address is neither a URL nor a list of key=value")
		}
		var value string
		if value, s, err = postgresValue(strings.TrimLeft(rest, spaces)); err != nil {
			return nil, err
		}
		settings = append(settings, [2]string{key, value})
	}
	return settings, nil
}

const spaces = " \t\r\n\f\v"

// postgresValue is the value that a text begins with, and what follows it.
func postgresValue(s string) (value, rest string, err error) {
	quoted := strings.HasPrefix(s, "'")
	s = strings.TrimPrefix(s, "'")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case quoted && c == '\'':
			return b.String(), s[i+1:], nil
		case !quoted && strings.IndexByte(spaces, c) >= 0:
			return b.String(), s[i:], nil
		default:
			b.WriteByte(c)
		}
	}
	if quoted {
		return "", "", errors.New("unterminated quoted value")
	}
	return b.String(), "", nil
}
