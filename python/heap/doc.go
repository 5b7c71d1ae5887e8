// Package heap reads CPython objects out of a linear memory, without running
// anything. It knows how CPython 3.12 and 3.14 lay their objects out when built
// for wasm32, and it treats the memory as hostile: an address outside it reads
// as zero, every chain of pointers has a bound, and nothing is allocated on the
// word of a length field.
//
//	h, err := heap.Open(img)
//	if err != nil {
//		return err
//	}
//	for name, module := range h.Modules().Items() {
//		fmt.Println(name.Text(), module.Get("__file__").Text())
//	}
//
// An [Object] is a small comparable handle. Its methods answer the zero value
// when the object is not of the kind they ask for, so chains of calls need no
// checks in between.
package heap
