package wasi

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/edgelint/edgelint/host/bind"
)

// MaxRandomBytes bounds one request for random bytes.
const MaxRandomBytes = 16 << 20

func addRandom(imports *bind.Imports, cfg Config) {
	bytes := bind.Func1(func(_ context.Context, n uint64) ([]byte, error) {
		if n > MaxRandomBytes {
			return nil, fmt.Errorf("%d random bytes exceed the limit of %d", n, MaxRandomBytes)
		}
		buf := make([]byte, n)
		_, err := io.ReadFull(cfg.Random, buf)
		return buf, err
	})
	number := func() (uint64, error) {
		var buf [8]byte
		_, err := io.ReadFull(cfg.Random, buf[:])
		return binary.LittleEndian.Uint64(buf[:]), err
	}
	u64 := bind.Func0(func(context.Context) (uint64, error) { return number() })
	random := iface(imports, "random/random")
	random.Func("get-random-bytes", bytes)
	random.Func("get-random-u64", u64)
	insecure := iface(imports, "random/insecure")
	insecure.Func("get-insecure-random-bytes", bytes)
	insecure.Func("get-insecure-random-u64", u64)
	iface(imports, "random/insecure-seed").Func("insecure-seed", bind.Func0(
		func(context.Context) (bind.Tuple2[uint64, uint64], error) {
			a, err := number()
			if err != nil {
				return bind.Tuple2[uint64, uint64]{}, err
			}
			b, err := number()
			return bind.Tuple2[uint64, uint64]{V0: a, V1: b}, err
		}))
}
