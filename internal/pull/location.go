package pull

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/oci"
)

// Location is where an artifact is: in a registry, a layout folder or a layout
// archive.
type Location struct {
	Ref     oci.Reference // of a registry
	Scheme  string        // "", "oci" or "oci-archive"
	Path    string        // of a layout
	Target  string        // tag or digest in it, "" for the only one
	Written string
}

// schemes are those of layouts: a folder, and an archive.
var schemes = []string{"oci", "oci-archive"}

// ParseLocation reads a reference, or a layout as edgepack writes one:
// oci:FOLDER[:TAG|@DIGEST] or oci-archive:FILE[:TAG|@DIGEST].
func ParseLocation(s string) (Location, error) {
	for _, scheme := range schemes {
		path, ok := strings.CutPrefix(s, scheme+":")
		if !ok {
			continue
		}
		loc := Location{Scheme: scheme, Path: path, Written: s}
		if at := strings.LastIndex(path, "@sha"); at > 0 {
			loc.Path, loc.Target = path[:at], path[at+1:]
		} else if i := strings.LastIndexByte(path, ':'); i > 0 && oci.CheckTag(path[i+1:]) == nil {
			loc.Path, loc.Target = path[:i], path[i+1:]
		}
		if loc.Path == "" {
			return loc, fmt.Errorf(
				"%q names no %s", s, map[string]string{"oci": "folder", "oci-archive": "file"}[scheme],
			)
		}
		return loc, nil
	}
	ref, err := oci.ParseReference(s)
	return Location{Ref: ref, Written: s}, err
}

// Wanted is the tag or digest the location names.
func (l Location) Wanted() string {
	if l.Scheme == "" {
		return l.Ref.Target()
	}
	return l.Target
}

// Pinned is the location by digest.
func (l Location) Pinned(d string) string {
	if l.Scheme == "" {
		return l.Ref.Name() + "@" + d
	}
	return l.Scheme + ":" + l.Path + "@" + d
}

// Source opens what is read from. close it when done.
func (l Location) Source(client *oci.Client) (src oci.Source, close func(), err error) {
	switch l.Scheme {
	case "oci":
		layout, err := oci.OpenLayout(l.Path)
		return layout, func() {}, err
	case "oci-archive":
		archive, err := oci.OpenLayoutArchive(l.Path)
		if err != nil {
			return nil, func() {}, err
		}
		return archive, func() { _ = archive.Close() }, nil
	}
	return client.Repository(l.Ref), func() {}, nil
}

// Base is the last part of the location's name.
func (l Location) Base() string {
	if l.Scheme == "" {
		return path.Base(l.Ref.Repository)
	}
	return strings.TrimSuffix(filepath.Base(l.Path), ".tar")
}

// TagFrom is the tag to give at l to what comes from src.
func (l Location) TagFrom(src Location) string {
	switch {
	case l.Scheme == "" && l.Ref.Tag != "":
		return l.Ref.Tag
	case l.Scheme != "" && l.Target != "":
		return l.Target
	case src.Scheme == "" && src.Ref.Tag != "":
		return src.Ref.Tag
	case src.Scheme != "" && oci.CheckTag(src.Target) == nil:
		return src.Target
	case l.Scheme == "" && l.Ref.Digest == "":
		return l.Ref.Target()
	}
	return ""
}

// Name is what a signature in cosign's older form says it is of.
func (l Location) Name() string {
	if l.Scheme == "" {
		return l.Ref.Name()
	}
	return l.Path
}
