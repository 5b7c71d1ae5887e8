package wit

import (
	"fmt"
	"io"
	"strings"

	"github.com/edgelint/edgelint/wit/syntax"
)

// PrintOptions change what [Print] writes. The zero value is what
// "wasm-tools component wit" prints.
type PrintOptions struct {
	// Single leaves out the other packages of the set, which otherwise follow
	// as nested packages.
	Single bool
}

// Print writes package main of a set as WIT: the package itself, then every
// other package as "package ns:name@version { ... }". It fails if the model
// cannot be written as WIT (a record without a name, say), or is larger than
// [MaxPrintedSize]; then nothing is written.
func Print(w io.Writer, r *Resolve, main PackageID, opts PrintOptions) error {
	// The text is about as long as the source, if there is some.
	p := printer{r: r, buf: make([]byte, 0, min(r.Sources.Len()*5/4+4096, MaxPrintedSize))}
	p.pkg(r.Packages[main], true)
	if !opts.Single {
		p.nested(main)
	}
	if p.err != nil {
		return fmt.Errorf("print %s: %w", r.Packages[main].Name, p.err)
	}
	_, err := w.Write(p.buf)
	return err
}

// TypeString is a type as WIT writes it where it is used, such as
// "list<u8>" or the name of a record. It is meant for messages: what cannot be
// written is shown as "?".
func (r *Resolve) TypeString(t Type) string {
	p := printer{r: r}
	p.typeName(t, 0)
	if p.err != nil {
		return "?"
	}
	return string(p.buf)
}

// SignatureString is the type of a function as WIT writes it, such as
// "async func(x: u32) -> string". It is meant for messages.
func (r *Resolve) SignatureString(f *Function) string {
	p := printer{r: r}
	p.signature(f)
	if p.err != nil {
		return "?"
	}
	return string(p.buf)
}

// printer writes into memory. Its first error stops it: what is written after
// that is dropped.
type printer struct {
	r      *Resolve
	buf    []byte
	err    error
	indent int
	bol    bool // at the beginning of a line
	items  bool // something stands in this block: a blank line goes before the next item
}

func (p *printer) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

func (p *printer) write(s string) {
	if p.err != nil {
		return
	}
	if len(p.buf)+len(s) > MaxPrintedSize {
		p.fail("the text is larger than %d bytes", MaxPrintedSize)
		return
	}
	if p.bol {
		for range p.indent {
			p.buf = append(p.buf, "  "...)
		}
		p.bol = false
	}
	p.buf = append(p.buf, s...)
}

func (p *printer) newline() {
	if p.err != nil {
		return
	}
	p.buf = append(p.buf, '\n')
	p.bol = true
}

// end closes an item.
func (p *printer) end() {
	p.write(";")
	p.newline()
}

func (p *printer) open() {
	p.write(" {")
	p.indent++
	p.newline()
}

func (p *printer) close() {
	p.indent--
	p.write("}")
	p.newline()
}

func (p *printer) name(s string) {
	if syntax.IsKeyword(s) {
		p.write("%")
	}
	p.write(s)
}

// item begins an item of a block.
func (p *printer) item() {
	if p.items {
		p.newline()
	}
	p.items = true
}

func (p *printer) nested(main PackageID) {
	first := true
	for id, pkg := range p.r.Packages {
		if PackageID(id) == main {
			continue
		}
		if !first {
			p.newline()
			p.newline()
		}
		first = false
		p.pkg(pkg, false)
	}
}

func (p *printer) pkg(pkg *Package, main bool) {
	p.docs(pkg.Docs)
	p.write("package ")
	p.name(pkg.Name.Namespace)
	p.write(":")
	p.name(pkg.Name.Name)
	p.version(pkg.Name.Version)
	if main {
		p.end()
		p.newline()
	} else {
		p.open()
	}
	for name, id := range pkg.Interfaces.All() {
		i := p.r.Interfaces[id]
		p.head("interface ", name, i.Docs, i.Stability)
		p.interfaceBody(id)
		p.close()
		if main {
			p.newline()
		}
	}
	for name, id := range pkg.Worlds.All() {
		w := p.r.Worlds[id]
		p.head("world ", name, w.Docs, w.Stability)
		p.worldBody(id)
		p.close()
	}
	if !main {
		p.close()
	}
}

func (p *printer) head(keyword, name string, docs Docs, st Stability) {
	p.docs(docs)
	p.stability(st)
	p.write(keyword)
	p.name(name)
	p.open()
}

func (p *printer) version(v Version) {
	if v != "" {
		p.write("@")
		p.write(string(v))
	}
}

func (p *printer) docs(d Docs) {
	if !d.Present {
		return
	}
	for line := range strings.Lines(d.Text) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		p.write("///")
		if line != "" {
			p.write(" ")
			p.write(line)
		}
		p.newline()
	}
}

func (p *printer) stability(s Stability) {
	switch s.Level {
	case StabilityUnknown:
		return
	case Stable:
		p.attribute("since", "version", string(s.Since))
	case Unstable:
		p.attribute("unstable", "feature", s.Feature)
	}
	if s.Deprecated != "" {
		p.attribute("deprecated", "version", string(s.Deprecated))
	}
}

func (p *printer) attribute(name, key, value string) {
	p.write("@" + name + "(" + key + " = ")
	p.write(value)
	p.write(")")
	p.newline()
}

func (p *printer) externalID(id ExternalID) {
	if !id.Present {
		return
	}
	p.write(`@external-id("`)
	p.write(escapeString(id.Value))
	p.write(`")`)
	p.newline()
}

// escapeString writes every character that is not plainly harmless as an escape.
func escapeString(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c < 0x80 && (isAlphanumeric(byte(c)) || strings.ContainsRune("-_./: ", c)):
			b.WriteRune(c)
		case c == '\\' || c == '"':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		default:
			fmt.Fprintf(&b, `\u{%x}`, c)
		}
	}
	return b.String()
}
