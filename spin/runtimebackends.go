package spin

import (
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// variant decodes a table whose key "type" says which others it has, and gives that
// type.
func (d *decoder) variant(v *value, path string, kinds map[string]fields) string {
	if !d.isTable(v, path) {
		return ""
	}
	names := slices.Sorted(maps.Keys(kinds))
	kind := v.table.vals["type"]
	if kind == nil {
		d.fail(v.pos, path, "the key type is missing: one of "+strings.Join(names, ", "))
		return ""
	}
	name := d.string(kind, join(path, "type")).Value
	fs, ok := kinds[name]
	if !ok {
		if _, isString := kind.scalar.(string); isString {
			d.fail(kind.pos, join(path, "type"), unknownName("type", name, names))
		}
		return name
	}
	fs = maps.Clone(fs)
	fs["type"] = func(*value, string) {}
	d.keys(v.table, path, fs)
	return name
}

func (d *decoder) keyValueStores(v *value, path string) []KeyValueStore {
	var out []KeyValueStore
	d.each(v, path, func(label string, v *value, key string) {
		s := KeyValueStore{Label: label, Pos: v.pos}
		var azure AzureCosmos
		var aws AWSDynamo
		s.Type = d.variant(v, key, map[string]fields{
			"spin":  {"path": into(&s.Path, d.string)},
			"redis": {"url": into(&s.URL, d.urlOf("redis", "rediss", "redis+unix", "unix"))},
			"azure_cosmos": {
				"account": into(&azure.Account, d.text), "database": into(&azure.Database, d.text),
				"container": into(&azure.Container, d.text), "key": into(&azure.Key, d.text),
			},
			"aws_dynamo": {
				"region": into(&aws.Region, d.text), "table": into(&aws.Table, d.text),
				"consistent_read": into(&aws.ConsistentRead, d.bool), "access_key": into(&aws.AccessKey, d.text),
				"secret_key": into(&aws.SecretKey, d.text), "token": into(&aws.Token, d.text),
			},
		})
		d.required(v, key, map[string][]string{
			"redis": {"url"}, "azure_cosmos": {"account", "database", "container"}, "aws_dynamo": {"region", "table"},
		}[s.Type]...)
		switch s.Type {
		case "azure_cosmos":
			s.AzureCosmos = &azure
		case "aws_dynamo":
			s.AWSDynamo = &aws
		}
		out = append(out, s)
	})
	return out
}

func (d *decoder) sqliteDatabases(v *value, path string) []SQLiteDatabase {
	var out []SQLiteDatabase
	d.each(v, path, func(label string, v *value, key string) {
		db := SQLiteDatabase{Label: label, Pos: v.pos}
		db.Type = d.variant(v, key, map[string]fields{
			"spin": {
				"path": into(&db.Path, d.string), "allow_attach_file": into(&db.AllowAttachFile, d.bool),
			},
			"libsql": {"url": into(&db.URL, d.urlOf("http", "https")), "token": into(&db.Token, d.string)},
		})
		d.required(v, key, map[string][]string{"libsql": {"url", "token"}}[db.Type]...)
		out = append(out, db)
	})
	return out
}

// urlOf decodes a URL with one of some schemes.
func (d *decoder) urlOf(schemes ...string) func(v *value, path string) String {
	return func(v *value, path string) String {
		s := d.string(v, path)
		if _, ok := v.scalar.(string); !ok {
			return s
		}
		if u, err := url.Parse(s.Value); err != nil || !slices.Contains(schemes, u.Scheme) {
			d.fail(v.pos, path, "expected a URL that begins with "+strings.Join(schemes, ":// or ")+"://")
		}
		return s
	}
}

// array decodes an array of tables.
func (d *decoder) array(v *value, path string, f func(v *value)) {
	if v.array == nil {
		d.fail(v.pos, path, "expected [["+path+"]], found "+v.kind())
	}
	for _, e := range v.array {
		f(e)
	}
}

func (d *decoder) providers(v *value, path string) []VariablesProvider {
	var out []VariablesProvider
	d.array(v, path, func(v *value) { out = append(out, d.provider(v, path)) })
	return out
}

func (d *decoder) provider(v *value, path string) VariablesProvider {
	p := VariablesProvider{Pos: v.pos}
	var env EnvProvider
	var vault VaultProvider
	var azure AzureKeyVault
	p.Type = d.variant(v, path, map[string]fields{
		"static": {"values": into(&p.Static, d.stringMap)},
		"env":    {"prefix": into(&env.Prefix, d.optionalString), "dotenv_path": into(&env.DotenvPath, d.string)},
		"vault": {
			"url": into(&vault.URL, d.urlOf("http", "https")), "prefix": into(&vault.Prefix, d.text),
			"token": into(&vault.Token, d.text), "mount": into(&vault.Mount, d.text),
		},
		"azure_key_vault": {
			"vault_url": into(&azure.VaultURL, d.text), "client_id": into(&azure.ClientID, d.text),
			"client_secret": into(&azure.ClientSecret, d.text), "tenant_id": into(&azure.TenantID, d.text),
			"authority_host": into(&azure.AuthorityHost, d.text),
		},
	})
	d.required(v, path, map[string][]string{
		"static": {"values"}, "vault": {"url", "token", "mount"}, "azure_key_vault": {"vault_url"},
	}[p.Type]...)
	switch p.Type {
	case "env":
		p.Env = &env
	case "vault":
		p.Vault = &vault
	case "azure_key_vault":
		p.AzureKeyVault = &azure
	}
	return p
}

func (d *decoder) llmCompute(v *value, path string) *LLMCompute {
	c := &LLMCompute{Pos: v.pos, APIType: "default"}
	c.Type = d.variant(v, path, map[string]fields{
		"spin": {},
		"remote_http": {
			"url":        into(&c.URL, d.urlOf("http", "https")),
			"auth_token": into(&c.AuthToken, d.string),
			"api_type": func(v *value, path string) {
				c.APIType = d.text(v, path)
				if known := []string{"default", "open_ai"}; !slices.Contains(known, c.APIType) {
					d.fail(v.pos, path, unknownName("api_type", c.APIType, known))
				}
			},
		},
	})
	d.required(v, path, map[string][]string{"remote_http": {"url", "auth_token"}}[c.Type]...)
	return c
}

func (d *decoder) outboundNetworking(v *value, path string) *OutboundNetworking {
	n := &OutboundNetworking{Pos: v.pos}
	d.table(v, path, fields{
		"block_networks": func(v *value, path string) {
			for _, s := range d.strings(v, path) {
				d.blockNetwork(n, s, path)
			}
		},
		"max_socket_connections": into(&n.MaxSocketConnections, d.limit),
		"max_total_connections":  into(&n.MaxTotalConnections, d.limit),
	})
	return n
}

func (d *decoder) blockNetwork(n *OutboundNetworking, s String, path string) {
	if s.Value == "private" {
		n.BlockPrivate = true
		return
	}
	prefix, err := netip.ParsePrefix(s.Value)
	if err != nil {
		d.fail(s.Pos, path, "expected a range of addresses such as 10.0.0.0/8, or \"private\"")
		return
	}
	n.BlockNetworks = append(n.BlockNetworks, prefix.Masked())
}

func (d *decoder) outboundHTTP(v *value, path string) *OutboundHTTP {
	h := &OutboundHTTP{Pos: v.pos}
	d.table(v, path, fields{
		"connection_pooling": into(&h.ConnectionPooling, d.bool),
		"max_connections":    into(&h.MaxConnections, d.limit),
		"max_concurrent_requests": func(old *value, path string) {
			if v.table.vals["max_connections"] != nil {
				d.fail(old.pos, path, "max_concurrent_requests is the old name of max_connections; the table has both")
				return
			}
			d.warnAs(KindDeprecated, old.pos, path, "deprecated: write max_connections, which is one more than this number")
			h.MaxConnections = d.limit(old, path)
			*h.MaxConnections++
		},
	})
	return h
}

func (d *decoder) outboundLimits(v *value, path string) *OutboundLimits {
	l := &OutboundLimits{Pos: v.pos}
	d.table(v, path, fields{"max_connections": into(&l.MaxConnections, d.limit)})
	return l
}

func (d *decoder) outboundMQTT(v *value, path string) *OutboundLimits {
	l := &OutboundLimits{Pos: v.pos}
	d.table(v, path, fields{
		"max_connections":        into(&l.MaxConnections, d.limit),
		"max_payload_size_bytes": into(&l.MaxPayloadSizeBytes, d.limit),
	})
	return l
}

func (d *decoder) clientTLS(v *value, path string) []ClientTLS {
	var out []ClientTLS
	d.array(v, path, func(v *value) { out = append(out, d.clientTLSEntry(v, path)) })
	return out
}

func (d *decoder) clientTLSEntry(v *value, path string) ClientTLS {
	t := ClientTLS{Pos: v.pos}
	d.required(v, path, "component_ids", "hosts")
	d.table(v, path, fields{
		"component_ids":           into(&t.ComponentIDs, d.someStrings),
		"hosts":                   into(&t.Hosts, d.someStrings),
		"ca_use_platform_roots":   into(&t.UsePlatformRoots, d.bool),
		"ca_use_webpki_roots":     into(&t.UseWebPKIRoots, d.bool),
		"ca_roots_file":           into(&t.CARootsFile, d.string),
		"client_cert_file":        into(&t.ClientCertFile, d.string),
		"client_private_key_file": into(&t.ClientPrivateKeyFile, d.string),
	})
	for _, id := range t.ComponentIDs {
		if !isKebab(id.Value) {
			d.fail(id.Pos, join(path, "component_ids"), kebabRule)
		}
	}
	for _, h := range t.Hosts {
		if u, err := url.Parse("https://" + h.Value); err != nil || u.Host != h.Value || u.Port() != "" {
			d.fail(h.Pos, join(path, "hosts"), "expected the name or address of a host, without a scheme and a port")
		}
	}
	if v.table == nil {
		return t
	}
	has := func(key string) bool { return v.table.vals[key] != nil }
	if !has("ca_use_platform_roots") && !has("ca_use_webpki_roots") {
		t.UsePlatformRoots = !has("ca_roots_file")
	}
	if !t.UsePlatformRoots && !t.UseWebPKIRoots && !has("ca_roots_file") {
		d.fail(v.pos, path, "no authority is trusted: set ca_roots_file, ca_use_platform_roots or ca_use_webpki_roots")
	}
	if has("client_cert_file") != has("client_private_key_file") {
		d.fail(v.pos, path, "client_cert_file and client_private_key_file belong together")
	}
	return t
}

// someStrings decodes an array of at least one string.
func (d *decoder) someStrings(v *value, path string) []String {
	list := d.strings(v, path)
	if v.array != nil && len(list) == 0 {
		d.fail(v.pos, path, "expected at least one entry")
	}
	return list
}
