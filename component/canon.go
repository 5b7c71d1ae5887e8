package component

import "github.com/edgelint/edgelint/component/core"

// Canon is one canonical definition (CanonicalABI.md, "Canonical Definitions").
type Canon struct {
	Off  int64
	Op   CanonOp
	Opts []CanonOpt

	// Index is a core function (CanonLift), a function (CanonLower), a type
	// (resource, stream and future operations), a memory (CanonWaitableSetWait
	// and Poll), a context slot, or a table (CanonThreadNewIndirect and
	// CanonThreadSpawnIndirect).
	Index uint32
	// Type is the function type of CanonLift, or the core type of a thread's
	// function.
	Type   uint32
	Async  bool         // cancel operations: the async form
	Result ValType      // CanonTaskReturn
	Core   core.ValType // CanonContextGet, CanonContextSet
}

// CanonOpt is one canonical option.
type CanonOpt struct {
	Kind  CanonOptKind
	Index uint32 // of the memory, core function or core type that the option names
	Off   int64
}

// CanonOptKind is the kind of a canonical option; the values are those of the
// binary format.
type CanonOptKind uint8

// The canonical options.
const (
	OptUTF8 CanonOptKind = iota
	OptUTF16
	OptLatin1UTF16
	OptMemory
	OptRealloc
	OptPostReturn
	OptAsync
	OptCallback
	OptCoreType
	OptGC
)

// Option is the option of a kind, and whether the definition has it.
func (c *Canon) Option(kind CanonOptKind) (CanonOpt, bool) {
	for _, o := range c.Opts {
		if o.Kind == kind {
			return o, true
		}
	}
	return CanonOpt{}, false
}

// CanonOp is the kind of a canonical definition; the values are the opcodes of
// the binary format.
type CanonOp uint8

// The canonical definitions.
const (
	CanonLift                       CanonOp = 0x00
	CanonLower                      CanonOp = 0x01
	CanonResourceNew                CanonOp = 0x02
	CanonResourceDrop               CanonOp = 0x03
	CanonResourceRep                CanonOp = 0x04
	CanonTaskCancel                 CanonOp = 0x05
	CanonSubtaskCancel              CanonOp = 0x06
	CanonTaskReturn                 CanonOp = 0x09
	CanonContextGet                 CanonOp = 0x0a
	CanonContextSet                 CanonOp = 0x0b
	CanonThreadYield                CanonOp = 0x0c
	CanonSubtaskDrop                CanonOp = 0x0d
	CanonStreamNew                  CanonOp = 0x0e
	CanonStreamRead                 CanonOp = 0x0f
	CanonStreamWrite                CanonOp = 0x10
	CanonStreamCancelRead           CanonOp = 0x11
	CanonStreamCancelWrite          CanonOp = 0x12
	CanonStreamDropReadable         CanonOp = 0x13
	CanonStreamDropWritable         CanonOp = 0x14
	CanonFutureNew                  CanonOp = 0x15
	CanonFutureRead                 CanonOp = 0x16
	CanonFutureWrite                CanonOp = 0x17
	CanonFutureCancelRead           CanonOp = 0x18
	CanonFutureCancelWrite          CanonOp = 0x19
	CanonFutureDropReadable         CanonOp = 0x1a
	CanonFutureDropWritable         CanonOp = 0x1b
	CanonErrorContextNew            CanonOp = 0x1c
	CanonErrorContextDebugMessage   CanonOp = 0x1d
	CanonErrorContextDrop           CanonOp = 0x1e
	CanonWaitableSetNew             CanonOp = 0x1f
	CanonWaitableSetWait            CanonOp = 0x20
	CanonWaitableSetPoll            CanonOp = 0x21
	CanonWaitableSetDrop            CanonOp = 0x22
	CanonWaitableJoin               CanonOp = 0x23
	CanonBackpressureInc            CanonOp = 0x24
	CanonBackpressureDec            CanonOp = 0x25
	CanonThreadIndex                CanonOp = 0x26
	CanonThreadNewIndirect          CanonOp = 0x27
	CanonThreadResumeLater          CanonOp = 0x28
	CanonThreadSuspend              CanonOp = 0x29
	CanonThreadSuspendThenResume    CanonOp = 0x2a
	CanonThreadYieldThenResume      CanonOp = 0x2b
	CanonThreadSuspendThenPromote   CanonOp = 0x2c
	CanonThreadYieldThenPromote     CanonOp = 0x2d
	CanonStreamForward              CanonOp = 0x2e
	CanonFutureForward              CanonOp = 0x2f
	CanonThreadSpawnRef             CanonOp = 0x40
	CanonThreadSpawnIndirect        CanonOp = 0x41
	CanonThreadAvailableParallelism CanonOp = 0x42
)

var canonNames = [...]string{
	CanonLift: "lift", CanonLower: "lower",
	CanonResourceNew: "resource.new", CanonResourceDrop: "resource.drop", CanonResourceRep: "resource.rep",
	CanonTaskCancel: "task.cancel", CanonSubtaskCancel: "subtask.cancel", CanonTaskReturn: "task.return",
	CanonContextGet: "context.get", CanonContextSet: "context.set", CanonThreadYield: "thread.yield",
	CanonSubtaskDrop: "subtask.drop",
	CanonStreamNew:   "stream.new", CanonStreamRead: "stream.read", CanonStreamWrite: "stream.write",
	CanonStreamCancelRead: "stream.cancel-read", CanonStreamCancelWrite: "stream.cancel-write",
	CanonStreamDropReadable: "stream.drop-readable", CanonStreamDropWritable: "stream.drop-writable",
	CanonFutureNew: "future.new", CanonFutureRead: "future.read", CanonFutureWrite: "future.write",
	CanonFutureCancelRead: "future.cancel-read", CanonFutureCancelWrite: "future.cancel-write",
	CanonFutureDropReadable: "future.drop-readable", CanonFutureDropWritable: "future.drop-writable",
	CanonErrorContextNew:          "error-context.new",
	CanonErrorContextDebugMessage: "error-context.debug-message",
	CanonErrorContextDrop:         "error-context.drop",
	CanonWaitableSetNew:           "waitable-set.new",
	CanonWaitableSetWait:          "waitable-set.wait",
	CanonWaitableSetPoll:          "waitable-set.poll",
	CanonWaitableSetDrop:          "waitable-set.drop",
	CanonWaitableJoin:             "waitable.join",
	CanonBackpressureInc:          "backpressure.inc",
	CanonBackpressureDec:          "backpressure.dec",
	CanonThreadIndex:              "thread.index",
	CanonThreadNewIndirect:        "thread.new-indirect",
	CanonThreadResumeLater:        "thread.resume-later",
	CanonThreadSuspend:            "thread.suspend",
	CanonThreadSuspendThenResume:  "thread.suspend-then-resume",
	CanonThreadYieldThenResume:    "thread.yield-then-resume",
	CanonThreadSuspendThenPromote: "thread.suspend-then-promote",
	CanonThreadYieldThenPromote:   "thread.yield-then-promote",
	CanonStreamForward:            "stream.forward",
	CanonFutureForward:            "future.forward",
	CanonThreadSpawnRef:           "thread.spawn-ref",
	CanonThreadSpawnIndirect:      "thread.spawn-indirect",

	CanonThreadAvailableParallelism: "thread.available-parallelism",
}

// String is the definition's name as the text format writes it.
func (op CanonOp) String() string {
	if int(op) < len(canonNames) && canonNames[op] != "" {
		return canonNames[op]
	}
	return "invalid canon"
}

var optNames = [...]string{
	"utf8", "utf16", "latin1+utf16", "memory", "realloc", "post-return", "async", "callback", "core-type", "gc",
}

// String is the option's name in the text format.
func (k CanonOptKind) String() string {
	if int(k) < len(optNames) {
		return optNames[k]
	}
	return "invalid option"
}
