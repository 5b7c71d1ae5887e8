package canonjson

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
)

func TestBytesDependOnTheValueAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value any
		want  string
	}{
		{map[string]any{"b": 1, "a": int64(-2), "": nil}, `{"":null,"a":-2,"b":1}`},
		{Object{{"b", true}, {"a", []string{"x", "y"}}}, `{"b":true,"a":["x","y"]}`},
		{"<&>\u2028é\"\\/", "\"<&>\u2028é\\\"\\\\/\""},
		{"\x00\b\f\n\r\t\x1f\x7f", "\"\\u0000\\b\\f\\n\\r\\t\\u001f\x7f\""},
		{[]any{1.0, 0.0, -1.5, 1e15, 1e16, 1.5e300, 1e-5, 1e-6, 123456.789}, `[1.0,0.0,-1.5,1000000000000000.0,1e16,1.5e300,0.00001,1e-6,123456.789]`},
		{json.Number("12"), `12`},
		{[]Object{{}, {{"a", map[string]string{"k": "v"}}}}, `[{},{"a":{"k":"v"}}]`},
	} {
		got, err := Marshal(c.value)
		if err != nil || string(got) != c.want {
			t.Errorf("Marshal(%#v) = %s, %v; want %s", c.value, got, err, c.want)
		}
	}
}

func TestWhatJSONCannotSayIsRefused(t *testing.T) {
	t.Parallel()
	for _, v := range []any{"\xff", math.NaN(), math.Inf(1), struct{}{}, map[string]any{"a": []any{uint8(1)}}, Object{{"\xff", 1}}} {
		if got, err := Marshal(v); err == nil {
			t.Errorf("Marshal(%#v) = %s", v, got)
		}
	}
}

func TestEmptyMembersAreLeftOut(t *testing.T) {
	t.Parallel()
	var o Object
	for _, v := range []any{nil, "", []string{}, []any{}, map[string]string{}, map[string]any{}, Object{}} {
		o.Set("x", v)
	}
	o.Set("zero", 0)
	o.Set("false", false)
	if got, _ := Marshal(o); string(got) != `{"zero":0,"false":false}` {
		t.Errorf("got %s", got)
	}
}

func FuzzStandardReaderAgrees(f *testing.F) {
	f.Add(`{"a":[1,2.5e3,"x\u2028",null,true]}`)
	f.Add("\x7f\x00")
	f.Fuzz(func(t *testing.T, s string) {
		var v any
		if json.Unmarshal([]byte(s), &v) != nil {
			v = s
		}
		data, err := Marshal(v)
		if err != nil {
			return
		}
		var back any
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if !reflect.DeepEqual(v, back) {
			t.Fatalf("%#v reads back as %#v", v, back)
		}
	})
}
