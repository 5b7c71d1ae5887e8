package wit_test

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/wit"
)

func TestPrintRefusesWhatWITCannotSay(t *testing.T) {
	t.Parallel()
	r := &wit.Resolve{Packages: []*wit.Package{{Name: wit.PackageName{Namespace: "a", Name: "b"}}}}
	r.Types = []*wit.TypeDef{{Kind: wit.Record{}}}
	i := &wit.Interface{Name: "i"}
	i.Functions.Set("f", &wit.Function{
		Name: "f", Resource: wit.NoType, Params: []wit.Param{{Name: "p", Type: wit.TypeID(0).Type()}},
	})
	r.Interfaces = []*wit.Interface{i}
	r.Packages[0].Interfaces.Set("i", 0)
	var out strings.Builder
	err := wit.Print(&out, r, 0, wit.PrintOptions{})
	if err == nil || err.Error() != "print a:b: a record has no name" || out.Len() > 0 {
		t.Fatalf("Print: %v, wrote %q", err, &out)
	}
	if got := r.TypeString(wit.TypeID(0).Type()); got != "?" {
		t.Errorf("TypeString of it is %q, want ?", got)
	}
}

func TestPrintStopsAtTypesThatShareTheirParts(t *testing.T) {
	t.Parallel()
	r := &wit.Resolve{}
	elem := wit.U8
	for range wit.MaxTypeDepth - 1 {
		r.Types = append(r.Types, &wit.TypeDef{Kind: wit.Tuple{Types: []wit.Type{elem, elem}}})
		elem = wit.TypeID(len(r.Types) - 1).Type()
	}
	if got := r.TypeString(elem); got != "?" {
		t.Fatalf("a type of 2^%d parts printed as %d bytes", wit.MaxTypeDepth, len(got))
	}
}
