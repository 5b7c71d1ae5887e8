package spin

import (
	"fmt"
	"math"
	"net/netip"
	"path/filepath"
	"strings"
)

// RuntimeConfig is a runtime configuration, the file runtime-config.toml: what an
// operator says of the stores, databases, providers and limits of an application.
// Lists are in file order.
type RuntimeConfig struct {
	// File is the name the configuration was read by.
	File string
	// StateDir and LogDir are folders; nil if not given, and an empty string
	// keeps the state in memory, or the logs nowhere.
	StateDir, LogDir *String
	// MaxInstanceMemory bounds the memory of an instance, in bytes; 0 if not
	// given.
	MaxInstanceMemory int64

	KeyValueStores     []KeyValueStore
	SQLiteDatabases    []SQLiteDatabase
	VariablesProviders []VariablesProvider
	// The tables below are nil if they are not given.
	LLMCompute         *LLMCompute
	OutboundNetworking *OutboundNetworking
	OutboundHTTP       *OutboundHTTP
	OutboundRedis      *OutboundLimits
	OutboundPG         *OutboundLimits
	OutboundMySQL      *OutboundLimits
	OutboundMQTT       *OutboundLimits
	ClientTLS          []ClientTLS

	// Warnings are of deprecated keys.
	Warnings ErrorList
}

// KeyValueStore is the backend of a label. The one field of those for backends
// that Type names is set.
type KeyValueStore struct {
	Label string
	Pos   Position
	Type  string // "spin", "redis", "azure_cosmos" or "aws_dynamo"

	// Path is the SQLite file of "spin", see [RuntimeConfig.Path]; "" keeps the
	// store in memory.
	Path String
	// URL is the server of "redis".
	URL         String
	AzureCosmos *AzureCosmos
	AWSDynamo   *AWSDynamo
}

// AzureCosmos is a container of Azure Cosmos DB. Without a key the credentials are
// those of the environment.
type AzureCosmos struct{ Account, Database, Container, Key string }

// AWSDynamo is a table of AWS DynamoDB. Without keys the credentials are those of
// the environment.
type AWSDynamo struct {
	Region, Table               string
	ConsistentRead              bool
	AccessKey, SecretKey, Token string
}

// SQLiteDatabase is the backend of a label.
type SQLiteDatabase struct {
	Label string
	Pos   Position
	Type  string // "spin" or "libsql"

	// Path is the file of "spin", relative to the working directory; "" keeps
	// the database in memory.
	Path String
	// AllowAttachFile lets statements attach other files to a "spin" database.
	AllowAttachFile bool
	// URL and Token are the server of "libsql" and the secret for it.
	URL, Token String
}

// VariablesProvider is a source of variables. The field of its Type is set.
type VariablesProvider struct {
	Pos  Position
	Type string // "static", "env", "vault" or "azure_key_vault"

	Static        []Entry
	Env           *EnvProvider
	Vault         *VaultProvider
	AzureKeyVault *AzureKeyVault
}

// EnvProvider reads variables of the environment.
type EnvProvider struct {
	// Prefix comes before the name and "_"; nil is the default, SPIN_VARIABLE.
	Prefix *String
	// DotenvPath is a file with more variables, relative to the working
	// directory; "" without one.
	DotenvPath String
}

// VaultProvider reads variables of a HashiCorp Vault, of its KV engine, version 2.
type VaultProvider struct {
	URL          String
	Token, Mount string
	// Prefix is a path that comes before the names of variables, "" without one.
	Prefix string
}

// AzureKeyVault is a vault of Azure. Without a client the credentials are those of
// the environment.
type AzureKeyVault struct{ VaultURL, ClientID, ClientSecret, TenantID, AuthorityHost string }

// LLMCompute is where language models run.
type LLMCompute struct {
	Pos  Position
	Type string // "spin" (in process) or "remote_http"
	// URL and AuthToken are those of "remote_http".
	URL, AuthToken String
	// APIType is the protocol of "remote_http": "default" or "open_ai".
	APIType string
}

// OutboundNetworking bounds all connections of components.
type OutboundNetworking struct {
	Pos Position
	// BlockNetworks are addresses that are refused whatever the manifest says.
	BlockNetworks []netip.Prefix
	// BlockPrivate refuses all addresses that are not globally routable.
	BlockPrivate bool
	// MaxSocketConnections and MaxTotalConnections are nil without a limit.
	MaxSocketConnections, MaxTotalConnections *int
}

// OutboundHTTP bounds outgoing requests.
type OutboundHTTP struct {
	Pos Position
	// ConnectionPooling keeps connections for later requests. It is true if the
	// configuration has no table outbound_http, but false if the table does not
	// say so.
	ConnectionPooling bool
	// MaxConnections is nil without a limit.
	MaxConnections *int
}

// OutboundLimits bounds the connections to one kind of service.
type OutboundLimits struct {
	Pos Position
	// MaxConnections is nil without a limit.
	MaxConnections *int
	// MaxPayloadSizeBytes bounds the packets of MQTT; nil without a limit.
	MaxPayloadSizeBytes *int
}

// ClientTLS is how some components make TLS connections to some hosts. The first
// entry that names a component and a host is the one for them.
type ClientTLS struct {
	Pos                 Position
	ComponentIDs, Hosts []String
	// UsePlatformRoots and UseWebPKIRoots say which authorities are trusted
	// besides those of CARootsFile.
	UsePlatformRoots, UseWebPKIRoots bool
	// The files are PEM, see [RuntimeConfig.Path]; "" without one. A
	// certificate comes with its key.
	CARootsFile, ClientCertFile, ClientPrivateKeyFile String
}

// Path is a path of the configuration as seen from the working directory: paths of
// key-value stores and of TLS files are relative to the configuration's own folder.
func (c *RuntimeConfig) Path(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.File), path)
}

// KeyValueStore finds the backend of a label.
func (c *RuntimeConfig) KeyValueStore(label string) (*KeyValueStore, bool) {
	for i := range c.KeyValueStores {
		if c.KeyValueStores[i].Label == label {
			return &c.KeyValueStores[i], true
		}
	}
	return nil, false
}

// SQLiteDatabase finds the backend of a label.
func (c *RuntimeConfig) SQLiteDatabase(label string) (*SQLiteDatabase, bool) {
	for i := range c.SQLiteDatabases {
		if c.SQLiteDatabases[i].Label == label {
			return &c.SQLiteDatabases[i], true
		}
	}
	return nil, false
}

// ParseRuntimeConfig reads a runtime configuration. The error is an [ErrorList];
// with it comes what could be read.
func ParseRuntimeConfig(file string, data []byte) (*RuntimeConfig, error) {
	t, err := parseTOML(file, data)
	if err != nil {
		return nil, ErrorList{err}
	}
	d := &decoder{file: file}
	c := &RuntimeConfig{File: file}
	d.runtimeConfig(c, &value{pos: Position{file, 1, 1}, table: t})
	sortErrors(d.warnings)
	c.Warnings = d.warnings
	if len(d.errs) > 0 {
		sortErrors(d.errs)
		return c, d.errs
	}
	return c, nil
}

func (d *decoder) runtimeConfig(c *RuntimeConfig, root *value) {
	providers := func(v *value, path string) { c.VariablesProviders = d.providers(v, path) }
	d.table(root, "", fields{
		"state_dir":           into(&c.StateDir, d.optionalString),
		"log_dir":             into(&c.LogDir, d.optionalString),
		"max_instance_memory": into(&c.MaxInstanceMemory, d.size),
		"key_value_store":     into(&c.KeyValueStores, d.keyValueStores),
		"sqlite_database":     into(&c.SQLiteDatabases, d.sqliteDatabases),
		"variables_provider":  providers,
		"config_provider": func(v *value, path string) {
			if root.table.vals["variables_provider"] != nil {
				d.fail(v.pos, path, "config_provider is the old name of variables_provider; the file has both")
				return
			}
			providers(v, path)
		},
		"llm_compute":         into(&c.LLMCompute, d.llmCompute),
		"outbound_networking": into(&c.OutboundNetworking, d.outboundNetworking),
		"outbound_http":       into(&c.OutboundHTTP, d.outboundHTTP),
		"outbound_redis":      into(&c.OutboundRedis, d.outboundLimits),
		"outbound_pg":         into(&c.OutboundPG, d.outboundLimits),
		"outbound_mysql":      into(&c.OutboundMySQL, d.outboundLimits),
		"outbound_mqtt":       into(&c.OutboundMQTT, d.outboundMQTT),
		"client_tls":          into(&c.ClientTLS, d.clientTLS),
	})
}

// size is a positive number of bytes.
func (d *decoder) size(v *value, path string) int64 {
	n := d.int(v, path)
	if _, ok := v.scalar.(int64); ok && n <= 0 {
		d.fail(v.pos, path, "expected a number of bytes above 0")
	}
	return n
}

// limit is a number of things that are permitted at once; 0 permits none.
func (d *decoder) limit(v *value, path string) *int {
	n := d.int(v, path)
	if n < 0 || n > math.MaxInt32 {
		d.fail(v.pos, path, "expected a number from 0 to 2147483647")
		n = 0
	}
	limit := int(n)
	return &limit
}

// Summary says in a line what the configuration sets: each backend with its type,
// and the limits of connections. It is "" if it sets none of these.
func (c *RuntimeConfig) Summary() string {
	var parts []string
	for _, s := range c.KeyValueStores {
		parts = append(parts, fmt.Sprintf("[key_value_store.%s: %s]", s.Label, s.Type))
	}
	for _, s := range c.SQLiteDatabases {
		parts = append(parts, fmt.Sprintf("[sqlite_database.%s: %s]", s.Label, s.Type))
	}
	if c.LLMCompute != nil {
		parts = append(parts, fmt.Sprintf("[llm_compute: %s]", c.LLMCompute.Type))
	}
	limit := func(table, key string, n *int) {
		if n != nil {
			parts = append(parts, fmt.Sprintf("[%s: %s=%d]", table, key, *n))
		}
	}
	if n := c.OutboundNetworking; n != nil {
		limit("outbound_networking", "max_total_connections", n.MaxTotalConnections)
	}
	for _, t := range []struct {
		table  string
		limits *OutboundLimits
	}{
		{"outbound_redis", c.OutboundRedis},
		{"outbound_pg", c.OutboundPG},
		{"outbound_mysql", c.OutboundMySQL},
		{"outbound_mqtt", c.OutboundMQTT},
	} {
		if t.limits != nil {
			limit(t.table, "max_connections", t.limits.MaxConnections)
		}
	}
	if c.OutboundHTTP != nil {
		limit("outbound_http", "max_connections", c.OutboundHTTP.MaxConnections)
	}
	return strings.Join(parts, ", ")
}
