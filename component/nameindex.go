package component

// nameIndex finds names by their place in a list. Most lists are short: up to
// shortList names they are searched one by one, which takes no memory.
type nameIndex struct {
	names []string
	index map[string]int
}

const shortList = 8

func newNameIndex(n int) nameIndex {
	ni := nameIndex{names: make([]string, 0, n)}
	if n > shortList {
		ni.index = make(map[string]int, n)
	}
	return ni
}

func (n *nameIndex) find(name string) (i int, ok bool) {
	if n.index != nil {
		i, ok = n.index[name]
		return i, ok
	}
	for i := range n.names {
		if n.names[i] == name {
			return i, true
		}
	}
	return 0, false
}

// add adds a name and is its place. A name that is there already is not added, and
// fresh is false.
func (n *nameIndex) add(name string) (i int, fresh bool) {
	if i, ok := n.find(name); ok {
		return i, false
	}
	i = len(n.names)
	n.names = append(n.names, name)
	switch {
	case n.index != nil:
		n.index[name] = i
	case len(n.names) > shortList:
		n.index = make(map[string]int, 2*len(n.names))
		for i, name := range n.names {
			n.index[name] = i
		}
	}
	return i, true
}
