package core

import "github.com/edgelint/edgelint/internal/binary"

// Producer is a tool or language that made a module, and its version.
type Producer struct {
	Name, Version string
}

// Producers is the content of a producers section (WebAssembly tool
// conventions): what the source was written in and what processed it.
type Producers struct {
	Language, ProcessedBy, SDK []Producer
}

// Producers decodes the producers section; without one, all is empty.
func (m *Module) Producers() (Producers, error) {
	for s := range m.Custom("producers") {
		b, err := m.Bytes(s.Content)
		if err != nil {
			return Producers{}, err
		}
		p, err := ReadProducers(b, s.Content.Off)
		return p, err
	}
	return Producers{}, nil
}

// ReadProducers decodes the content of a producers section, which lies at
// offset off of the file. Components have such sections as well.
func ReadProducers(content []byte, off int64) (Producers, error) {
	r := binary.NewReader(content, off)
	var p Producers
	for range r.Count("producer fields", MaxProducerFields) {
		at := r.Offset()
		var list *[]Producer
		switch name := r.LongName(); name {
		case "language":
			list = &p.Language
		case "processed-by":
			list = &p.ProcessedBy
		case "sdk":
			list = &p.SDK
		default:
			r.Fail(at, "unknown field %q", name)
		}
		for range r.Count("producers", MaxProducerValues) {
			v := Producer{Name: r.LongName(), Version: r.LongName()}
			if list == nil || r.Err() != nil {
				break
			}
			*list = append(*list, v)
		}
	}
	r.Finish("producers section")
	if r.Err() != nil {
		return p, place(r.Err(), "producers section")
	}
	return p, nil
}

// Dylink is the content of a dylink.0 section (WebAssembly tool conventions,
// dynamic linking): what a shared library needs of its loader.
type Dylink struct {
	MemorySize, MemoryAlign uint32 // bytes, and the alignment's binary logarithm
	TableSize, TableAlign   uint32 // elements, and the alignment's binary logarithm
	Needed                  []string
	RuntimePath             []string
}

const (
	dylinkMemInfo     = 1
	dylinkNeeded      = 2
	dylinkRuntimePath = 5
)

// Dylink decodes the dylink.0 section; ok is false without one.
func (m *Module) Dylink() (d Dylink, ok bool, err error) {
	for s := range m.Custom("dylink.0") {
		b, err := m.Bytes(s.Content)
		if err != nil {
			return d, true, err
		}
		r := binary.NewReader(b, s.Content.Off)
		for r.More() {
			id := r.Byte()
			sub := r.Part(int64(r.U32()))
			readDylink(&sub, id, &d)
			r.Adopt(sub.Err())
		}
		if r.Err() != nil {
			return d, true, place(r.Err(), "dylink.0 section")
		}
		return d, true, nil
	}
	return d, false, nil
}

func readDylink(r *binary.Reader, id byte, d *Dylink) {
	switch id {
	case dylinkMemInfo:
		d.MemorySize, d.MemoryAlign = r.U32(), r.U32()
		d.TableSize, d.TableAlign = r.U32(), r.U32()
	case dylinkNeeded:
		d.Needed = readStrings(r, d.Needed)
	case dylinkRuntimePath:
		d.RuntimePath = readStrings(r, d.RuntimePath)
	}
}

func readStrings(r *binary.Reader, list []string) []string {
	for range r.Count("names", MaxDynamicLibraries) {
		s := r.LongName()
		if r.Err() != nil {
			break
		}
		list = append(list, s)
	}
	return list
}

// TargetFeature is an entry of a target_features section (WebAssembly tool
// conventions): a feature that the producer used ('+'), must not be mixed with
// ('-') or requires of all it is linked with ('=').
type TargetFeature struct {
	Prefix byte
	Name   string
}

// TargetFeatures decodes the target_features section, if there is one.
func (m *Module) TargetFeatures() ([]TargetFeature, error) {
	for s := range m.Custom("target_features") {
		b, err := m.Bytes(s.Content)
		if err != nil {
			return nil, err
		}
		r := binary.NewReader(b, s.Content.Off)
		var list []TargetFeature
		for range r.Count("target features", MaxProducerValues) {
			f := TargetFeature{Prefix: r.Byte(), Name: r.LongName()}
			if r.Err() != nil {
				break
			}
			list = append(list, f)
		}
		r.Finish("target_features section")
		if r.Err() != nil {
			return list, place(r.Err(), "target_features section")
		}
		return list, nil
	}
	return nil, nil
}
