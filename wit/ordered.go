package wit

import (
	"iter"
	"slices"
)

// indexFrom is the number of entries from which an [Ordered] keeps an index;
// below it a scan is faster than a map.
const indexFrom = 17

// Ordered is a map that remembers the order in which its keys were first set.
// The zero value is empty and ready. Reading from several goroutines is fine as
// long as none writes.
type Ordered[K comparable, V any] struct {
	keys  []K
	vals  []V
	index map[K]int // nil while there are few entries
}

// Len is the number of entries.
func (m *Ordered[K, V]) Len() int { return len(m.keys) }

// At gives entry i, 0 <= i < Len.
func (m *Ordered[K, V]) At(i int) (K, V) { return m.keys[i], m.vals[i] }

// Index is the position of key, or -1.
func (m *Ordered[K, V]) Index(key K) int {
	if m.index != nil {
		if i, ok := m.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range m.keys {
		if m.keys[i] == key {
			return i
		}
	}
	return -1
}

// Has reports whether key is set.
func (m *Ordered[K, V]) Has(key K) bool { return m.Index(key) >= 0 }

// Get gives the value of key.
func (m *Ordered[K, V]) Get(key K) (v V, ok bool) {
	if i := m.Index(key); i >= 0 {
		return m.vals[i], true
	}
	return v, false
}

// Set gives key a value; a new key goes to the end, a known one stays where it
// is. It reports whether the key is new.
func (m *Ordered[K, V]) Set(key K, v V) bool {
	if i := m.Index(key); i >= 0 {
		m.vals[i] = v
		return false
	}
	m.keys = append(m.keys, key)
	m.vals = append(m.vals, v)
	switch {
	case m.index != nil:
		m.index[key] = len(m.keys) - 1
	case len(m.keys) >= indexFrom:
		m.reindex()
	}
	return true
}

// grow makes room for n entries in all.
func (m *Ordered[K, V]) grow(n int) {
	m.keys, m.vals = slices.Grow(m.keys, max(0, n-len(m.keys))), slices.Grow(m.vals, max(0, n-len(m.vals)))
}

// Retain deletes the entries for which keep is false. The order stays.
func (m *Ordered[K, V]) Retain(keep func(K, V) bool) {
	n := 0
	for i, k := range m.keys {
		if keep(k, m.vals[i]) {
			m.keys[n], m.vals[n] = k, m.vals[i]
			n++
		}
	}
	if n == len(m.keys) {
		return
	}
	clear(m.keys[n:])
	clear(m.vals[n:])
	m.keys, m.vals, m.index = m.keys[:n], m.vals[:n], nil
	if n >= indexFrom {
		m.reindex()
	}
}

// All ranges over the entries in order.
func (m *Ordered[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for i, k := range m.keys {
			if !yield(k, m.vals[i]) {
				return
			}
		}
	}
}

// Keys ranges over the keys in order.
func (m *Ordered[K, V]) Keys() iter.Seq[K] {
	return func(yield func(K) bool) {
		for _, k := range m.keys {
			if !yield(k) {
				return
			}
		}
	}
}

// Values ranges over the values in order.
func (m *Ordered[K, V]) Values() iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, v := range m.vals {
			if !yield(v) {
				return
			}
		}
	}
}

func (m *Ordered[K, V]) reindex() {
	m.index = make(map[K]int, max(2*indexFrom, cap(m.keys)))
	for i, k := range m.keys {
		m.index[k] = i
	}
}
