package wit

import (
	"container/heap"
	"strings"
)

// dependency is an edge of a dependency graph: to node to, written at span.
type dependency struct {
	to   int
	span Span
}

// toposort orders the nodes 0 <= i < len(edges) so that each comes after those
// it depends on, and otherwise by number. Nodes on a cycle, and those that
// depend on one, are left out; cycle is then the edges of one cycle.
func toposort(edges [][]dependency) (order []int, cycle []dependency) {
	remaining := make([]int, len(edges))
	users := make([][]int, len(edges))
	for i, deps := range edges {
		remaining[i] = len(deps)
		for _, d := range deps {
			users[d.to] = append(users[d.to], i)
		}
	}
	ready := make(intHeap, 0, len(edges))
	for i, n := range remaining {
		if n == 0 {
			ready = append(ready, i) // ascending, so it is a heap
		}
	}
	order = make([]int, 0, len(edges))
	for len(ready) > 0 {
		i := heap.Pop(&ready).(int)
		order = append(order, i)
		for _, user := range users[i] {
			if remaining[user]--; remaining[user] == 0 {
				heap.Push(&ready, user)
			}
		}
	}
	if len(order) < len(edges) {
		cycle = findCycle(edges, remaining)
	}
	return order, cycle
}

// findCycle follows edges between nodes that have dependencies remaining until
// it meets a node again.
func findCycle(edges [][]dependency, remaining []int) []dependency {
	var path []dependency
	at := map[int]int{} // node to its edge in path
	node := 0
	for remaining[node] == 0 {
		node++
	}
	for {
		if start, ok := at[node]; ok {
			return path[start:]
		}
		at[node] = len(path)
		for _, d := range edges[node] {
			if remaining[d.to] > 0 {
				path = append(path, d)
				node = d.to
				break
			}
		}
	}
}

// cyclePath writes a cycle as a, b, a.
func cyclePath(cycle []dependency, name func(int) string) string {
	var b strings.Builder
	b.WriteString(name(cycle[len(cycle)-1].to))
	for i, d := range cycle {
		if i > 8 && i < len(cycle)-1 {
			continue
		}
		b.WriteString(" -> ")
		b.WriteString(name(d.to))
	}
	return b.String()
}

// intHeap is a heap of ints, the least first.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }

func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
