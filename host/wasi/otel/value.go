package otel

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlpresource "go.opentelemetry.io/proto/otlp/resource/v1"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// bytesPrefix begins the strings that stand for bytes in JSON.
const bytesPrefix = "data:application/octet-stream;base64,"

// anyValue reads the JSON of an attribute's value. What is no JSON is sent as the
// string that it is.
func anyValue(text string) *common.AnyValue {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return stringValue(text)
	}
	if _, err := d.Token(); err != io.EOF {
		return stringValue(text)
	}
	return valueOf(v)
}

func stringValue(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: strings.ToValidUTF8(s, "\uFFFD")}}
}

func intValue(n int64) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: n}}
}

func valueOf(v any) *common.AnyValue {
	switch v := v.(type) {
	case bool:
		return &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: v}}
	case json.Number:
		return numberValue(v)
	case string:
		if encoded, ok := strings.CutPrefix(v, bytesPrefix); ok {
			if data, err := base64.StdEncoding.DecodeString(encoded); err == nil {
				return &common.AnyValue{Value: &common.AnyValue_BytesValue{BytesValue: data}}
			}
		}
		return stringValue(v)
	case []any:
		list := &common.ArrayValue{}
		for _, e := range v {
			list.Values = append(list.Values, valueOf(e))
		}
		return &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: list}}
	case map[string]any:
		list := &common.KeyValueList{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list.Values = append(list.Values, &common.KeyValue{Key: k, Value: valueOf(v[k])})
		}
		return &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: list}}
	}
	return &common.AnyValue{} // null
}

func numberValue(n json.Number) *common.AnyValue {
	if i, err := n.Int64(); err == nil {
		return intValue(i)
	}
	f, err := n.Float64()
	if err != nil {
		return stringValue(n.String())
	}
	return &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: f}}
}

func attributes(list []KeyValue) []*common.KeyValue {
	var out []*common.KeyValue
	for _, kv := range list {
		out = append(out, &common.KeyValue{Key: kv.Key, Value: anyValue(kv.Value)})
	}
	return out
}

func scopeOf(s scope) *common.InstrumentationScope {
	return &common.InstrumentationScope{
		Name: s.Name, Version: s.Version.Value, Attributes: attributes(s.Attributes),
	}
}

func resourceOf(r resource) *otlpresource.Resource {
	return &otlpresource.Resource{Attributes: attributes(r.Attributes)}
}

// id is the bytes of an id in hexadecimal, nil if it is none or has another size.
func id(text string, size int) []byte {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != size || len(bytes.Trim(b, "\x00")) == 0 {
		return nil
	}
	return b
}

// Sizes of ids in bytes.
const (
	traceIDSize = 16
	spanIDSize  = 8
)

// nanoseconds is a time since 1970, as much of it as 64 bits hold.
func nanoseconds(t wasi.Datetime) uint64 {
	const second = 1_000_000_000
	if t.Seconds >= 1<<63/second {
		return 1<<64 - 1
	}
	return t.Seconds*second + uint64(t.Nanoseconds)
}

func optionalTime(t bind.Option[wasi.Datetime]) uint64 {
	if !t.Some {
		return 0
	}
	return nanoseconds(t.Value)
}
