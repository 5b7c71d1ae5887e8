package p3

import (
	"context"
	"encoding/binary"
	"io"
	"sync"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

func (o offer) random() {
	source := o.cfg.Random
	bytes := bind.Func1(func(_ context.Context, n uint64) ([]byte, error) {
		// The component asks for at most n bytes, and copes with fewer.
		buf := make([]byte, min(n, wasi.MaxRandomBytes))
		_, err := io.ReadFull(source, buf)
		return buf, err
	})
	number := func() (uint64, error) {
		var buf [8]byte
		_, err := io.ReadFull(source, buf[:])
		return binary.LittleEndian.Uint64(buf[:]), err
	}
	u64 := bind.Func0(func(context.Context) (uint64, error) { return number() })
	random := o.iface("random/random")
	random.Func("get-random-bytes", bytes)
	random.Func("get-random-u64", u64)
	insecure := o.iface("random/insecure")
	insecure.Func("get-insecure-random-bytes", bytes)
	insecure.Func("get-insecure-random-u64", u64)
	// A component that asks again gets the same seed.
	seed := sync.OnceValues(func() (bind.Tuple2[uint64, uint64], error) {
		a, err := number()
		if err != nil {
			return bind.Tuple2[uint64, uint64]{}, err
		}
		b, err := number()
		return bind.Tuple2[uint64, uint64]{V0: a, V1: b}, err
	})
	o.iface("random/insecure-seed").Func("get-insecure-seed", bind.Func0(
		func(context.Context) (bind.Tuple2[uint64, uint64], error) { return seed() }))
}
