package pack

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/internal/canonjson"
	"github.com/edgelint/edgelint/pack/artifact"
)

// wasmContentType is the content type of every source in a locked application.
const wasmContentType = "application/wasm"

// Spin packs an application the way `spin registry push` does, byte for byte but
// for what depends on the clock, the folder or the order of a directory: files
// are sorted, archives carry no times, build commands and the time of making are
// left out.
//
// Layers are, for every component, its Wasm, its dependencies and its files, and
// last the locked application. Content of at most 128 bytes stands in the locked
// application; files that small have no layer.
func Spin(app App, o Options) (artifact.Artifact, error) {
	p := &spinPacker{o: o}
	return p.pack(app)
}

// spinPacker collects the layers of one application.
type spinPacker struct {
	o      Options
	layers []artifact.Blob
}

func (p *spinPacker) pack(app App) (artifact.Artifact, error) {
	locked, err := app.lock(p.o)
	if err != nil {
		return artifact.Artifact{}, err
	}
	for i, c := range app.Components {
		if err := p.component(&locked.Components[i], c); err != nil {
			return artifact.Artifact{}, fmt.Errorf("component %q: %w", c.ID, err)
		}
	}
	if len(p.layers) > maxLayers && !p.o.Archive {
		o := p.o
		o.Archive = true
		return Spin(app, o)
	}
	document, err := locked.JSON()
	if err != nil {
		return artifact.Artifact{}, err
	}
	lock := artifact.NewBlob(artifact.TypeSpinApp, document)
	p.layers = append(p.layers, lock)
	config, err := spinConfig(lock.Descriptor.Digest)
	if err != nil {
		return artifact.Artifact{}, err
	}
	m := artifact.Manifest{
		Config: config.Descriptor,
		Annotations: p.o.annotations(map[string]string{
			artifact.AnnotationAuthors:     strings.Join(app.Authors, ", "),
			artifact.AnnotationTitle:       app.Name,
			artifact.AnnotationDescription: app.Description,
			artifact.AnnotationVersion:     app.Version,
		}),
	}
	for _, layer := range p.layers {
		m.Layers = append(m.Layers, layer.Descriptor)
	}
	return artifact.New(m, append([]artifact.Blob{config}, p.layers...))
}

func (p *spinPacker) component(lc *LockedComponent, c Component) error {
	source, err := p.wasm(c.ID, c.Wasm)
	if err != nil {
		return err
	}
	lc.Source = source
	for _, d := range slices.SortedFunc(
		slices.Values(c.Dependencies), func(a, b Dependency) int { return strings.Compare(a.Name, b.Name) },
	) {
		source, err := p.wasm(c.ID+"/"+d.Name, d.Wasm)
		if err != nil {
			return fmt.Errorf("dependency %q: %w", d.Name, err)
		}
		if lc.Dependencies == nil {
			lc.Dependencies = map[string]LockedDependency{}
		}
		lc.Dependencies[d.Name] = LockedDependency{
			Source: source, Export: pointer(d.Export), Inherit: d.inherit(),
		}
	}
	files := slices.SortedFunc(
		slices.Values(c.Files), func(a, b File) int { return strings.Compare(a.Path, b.Path) },
	)
	if p.o.Archive && len(files) > 0 {
		return p.archiveFiles(lc, files)
	}
	return p.files(lc, files)
}

func (p *spinPacker) wasm(name string, w Wasm) (LockedSource, error) {
	if _, err := checkWasm(w); err != nil {
		return LockedSource{}, err
	}
	w, err := p.o.rewrite(name, w)
	if err != nil {
		return LockedSource{}, err
	}
	blob, err := artifact.StreamBlob(artifact.TypeSpinWasm, w.open)
	if err != nil {
		return LockedSource{}, err
	}
	p.add(blob)
	ref, err := contentRef(blob)
	return LockedSource{ContentType: wasmContentType, ContentRef: ref}, err
}

// add takes up a layer unless it is there with the same type.
func (p *spinPacker) add(b artifact.Blob) {
	same := func(other artifact.Blob) bool {
		return other.Descriptor.Digest == b.Descriptor.Digest &&
			other.Descriptor.MediaType == b.Descriptor.MediaType
	}
	if !slices.ContainsFunc(p.layers, same) {
		p.layers = append(p.layers, b)
	}
}

// contentRef names a blob by digest, and holds it if it is small.
func contentRef(b artifact.Blob) (ContentRef, error) {
	ref := ContentRef{Digest: b.Descriptor.Digest}
	if b.Descriptor.Size > maxInline {
		return ref, nil
	}
	r, err := b.Open()
	if err != nil {
		return ref, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxInline+1))
	if err != nil {
		return ref, err
	}
	if b.Descriptor.Digest != artifact.DescriptorOf("", data).Digest {
		return ref, fmt.Errorf("the content changed while it was read")
	}
	inline := Base64(data)
	ref.Inline = &inline
	return ref, nil
}

func (p *spinPacker) files(lc *LockedComponent, files []File) error {
	for _, f := range files {
		blob, err := p.file(lc, f)
		if err != nil {
			return err
		}
		if blob.Descriptor.Size > maxInline {
			p.add(blob)
		}
	}
	return nil
}

// file enters a file into the locked component.
func (p *spinPacker) file(lc *LockedComponent, f File) (artifact.Blob, error) {
	if !artifact.SafePath(f.Path) {
		return artifact.Blob{}, fmt.Errorf("file %q: not a relative path that every host takes", f.Path)
	}
	blob, err := artifact.StreamBlob(artifact.TypeSpinData, f.Open)
	if err != nil {
		return blob, fmt.Errorf("file %q: %w", f.Path, err)
	}
	ref, err := contentRef(blob)
	if err != nil {
		return blob, fmt.Errorf("file %q: %w", f.Path, err)
	}
	lc.Files = append(lc.Files, LockedFile{ContentRef: ref, Path: f.Path})
	return blob, nil
}

// archiveFiles enters the files and adds one layer with all of them.
func (p *spinPacker) archiveFiles(lc *LockedComponent, files []File) error {
	var entries archive
	for _, f := range files {
		blob, err := p.file(lc, f)
		if err != nil {
			return err
		}
		entries = append(entries, archiveEntry{f.Path, blob})
	}
	blob, err := artifact.StreamBlob(artifact.TypeSpinArchive, entries.open)
	if err != nil {
		return fmt.Errorf("archive of files: %w", err)
	}
	p.add(blob)
	return nil
}

// spinConfig is the image config of an application. Its label keeps images of
// different applications apart; there are no layers a container could unpack.
func spinConfig(lock artifact.Digest) (artifact.Blob, error) {
	type object = canonjson.Object
	data, err := canonjson.Marshal(object{
		{Name: "architecture", Value: "wasm"},
		{Name: "os", Value: "wasip1"},
		{Name: "config", Value: object{{Name: "Labels", Value: object{
			{Name: "com.fermyon.spin.lockedAppDigest", Value: lock.String()},
		}}}},
		{Name: "rootfs", Value: object{
			{Name: "type", Value: "layers"}, {Name: "diff_ids", Value: []string{}},
		}},
	})
	return artifact.NewBlob(artifact.TypeImageConfig, data), err
}
