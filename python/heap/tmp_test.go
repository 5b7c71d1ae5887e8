package heap

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func loadTmp(t testing.TB, n string) *Image {
	mem, err := os.ReadFile("/tmp/py/" + n + ".img")
	if err != nil {
		t.Skip()
	}
	b, _ := os.ReadFile("/tmp/py/" + n + ".json")
	img := &Image{Mem: mem, Symbols: map[string]uint32{}}
	json.Unmarshal(b, &img.Symbols)
	for k, v := range img.Symbols {
		if l, ok := strings.CutSuffix(k, ":memory_base"); ok {
			img.Libraries = append(img.Libraries, Library{l, v})
		}
	}
	return img
}

func TestTmp(t *testing.T) {
	for _, n := range []string{"h12", "h14"} {
		for _, strip := range []bool{false, true} {
			img := loadTmp(t, n)
			if strip {
				img.Symbols, img.Libraries = nil, nil
			}
			t0 := time.Now()
			h, err := Open(img)
			if err != nil {
				t.Fatal(n, err)
			}
			t1 := time.Now()
			fmt.Println(n, strip, h.Version(), h.Modules().Len(), t1.Sub(t0))
			fn, tr := 0, 0
			types := map[string]int{}
			for o := range h.Tracked() {
				tr++
				types[o.TypeName()]++
				_ = o
			}
			fmt.Println(tr, time.Since(t1), len(types))
			t1 = time.Now()
			byFile := map[string]int{}
			for f := range h.Functions() {
				fn++
				byFile[f.Code().FileName()]++
			}
			fmt.Println(fn, time.Since(t1), h.work.Load())
			for _, k := range []string{"/0/app.py"} {
				fmt.Println(k, byFile[k])
			}
			app := h.Modules().Get("app")
			for k, v := range app.Dict().Items() {
				fmt.Println("  ", k.Text(), v.TypeName(), v.QualName(), v.ModuleName())
			}
			fz := 0
			for range h.Frozen() {
				fz++
			}
			fmt.Println("frozen", fz, h.Builtins().Len())
			cache := h.Modules().Get("sys").Get("path_importer_cache")
			for k, v := range cache.Items() {
				x := v.Attr("_path_cache")
				fmt.Println(k.Text(), v.TypeName(), x.Len())
			}
		}
	}
}
