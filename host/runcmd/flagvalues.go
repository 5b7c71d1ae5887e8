package runcmd

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// durationValue is a flag of a duration: as Go writes it, or a number of seconds,
// as Spin does.
type durationValue time.Duration

func (d *durationValue) String() string { return time.Duration(*d).String() }

// Type implements [pflag.Value].
func (d *durationValue) Type() string { return "duration" }

// Set implements [pflag.Value].
func (d *durationValue) Set(s string) error {
	if strings.Contains(s, "..") {
		return errors.New("ranges are not supported: give one duration, such as 30s")
	}
	if _, err := strconv.ParseUint(s, 10, 64); err == nil {
		s += "s"
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("expected a duration, such as 30s, 500ms or 2m")
	}
	if v < 0 {
		return errors.New("a duration is not negative")
	}
	*d = durationValue(v)
	return nil
}

// sizeValue is a flag of a size in a unit. Several flags can set one size.
type sizeValue struct {
	bytes *int64
	unit  int64
}

func (v sizeValue) String() string {
	if v.bytes == nil {
		return ""
	}
	return strconv.FormatInt(*v.bytes/v.unit, 10)
}

// Type implements [pflag.Value].
func (v sizeValue) Type() string { return "int" }

// Set implements [pflag.Value].
func (v sizeValue) Set(s string) error {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/v.unit {
		return fmt.Errorf("expected a positive number of %s", map[int64]string{1: "bytes", 1 << 20: "MiB"}[v.unit])
	}
	*v.bytes = n * v.unit
	return nil
}

// choiceValue is a flag with one of some words.
type choiceValue struct {
	value   string
	choices []string
}

func (v *choiceValue) String() string { return v.value }

// Type implements [pflag.Value].
func (v *choiceValue) Type() string { return strings.Join(v.choices, "|") }

// Set implements [pflag.Value].
func (v *choiceValue) Set(s string) error {
	for _, c := range v.choices {
		if s == c {
			v.value = s
			return nil
		}
	}
	return fmt.Errorf("expected %s", strings.Join(v.choices, " or "))
}
