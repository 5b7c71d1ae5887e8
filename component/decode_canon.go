package component

import "github.com/edgelint/edgelint/component/core"

func (d *sectionDecoder) canon() {
	c := Canon{Off: d.Offset(), Op: CanonOp(d.Byte())}
	d.readCanon(&c)
	sort := SortCoreFunc
	if c.Op == CanonLift {
		sort = SortFunc
	}
	d.add(sort, DefCanon, len(d.c.Canons))
	d.c.Canons = append(d.c.Canons, c)
}

// readCanon reads what follows the opcode of a canonical definition.
func (d *sectionDecoder) readCanon(c *Canon) {
	switch c.Op {
	case CanonLift:
		d.zero("canon lift")
		c.Index, c.Opts, c.Type = d.U32(), d.canonOpts(), d.U32()
	case CanonLower:
		d.zero("canon lower")
		c.Index, c.Opts = d.U32(), d.canonOpts()
	case CanonResourceNew, CanonResourceDrop, CanonResourceRep,
		CanonStreamNew, CanonStreamDropReadable, CanonStreamDropWritable, CanonStreamForward,
		CanonFutureNew, CanonFutureDropReadable, CanonFutureDropWritable, CanonFutureForward:
		c.Index = d.U32()
	case CanonStreamRead, CanonStreamWrite, CanonFutureRead, CanonFutureWrite:
		c.Index, c.Opts = d.U32(), d.canonOpts()
	case CanonStreamCancelRead, CanonStreamCancelWrite, CanonFutureCancelRead, CanonFutureCancelWrite:
		c.Index, c.Async = d.U32(), d.Flag("the async form of "+c.Op.String())
	case CanonSubtaskCancel:
		c.Async = d.Flag("the async form of " + c.Op.String())
	case CanonTaskReturn:
		c.Result, c.Opts = d.resultList(), d.canonOpts()
	case CanonContextGet, CanonContextSet:
		c.Core, c.Index = core.ReadValType(d.Reader), d.U32()
	case CanonErrorContextNew, CanonErrorContextDebugMessage:
		c.Opts = d.canonOpts()
	case CanonWaitableSetWait, CanonWaitableSetPoll:
		d.zero(c.Op.String())
		c.Index = d.U32()
	case CanonThreadNewIndirect, CanonThreadSpawnIndirect:
		c.Type, c.Index = d.U32(), d.U32()
	case CanonThreadSpawnRef:
		c.Type = d.U32()
	case CanonThreadYield, CanonThreadSuspend, CanonThreadSuspendThenResume, CanonThreadYieldThenResume,
		CanonThreadSuspendThenPromote, CanonThreadYieldThenPromote:
		d.zero(c.Op.String())
	case CanonTaskCancel, CanonSubtaskDrop, CanonErrorContextDrop, CanonWaitableSetNew, CanonWaitableSetDrop,
		CanonWaitableJoin, CanonBackpressureInc, CanonBackpressureDec, CanonThreadIndex, CanonThreadResumeLater,
		CanonThreadAvailableParallelism:
	default:
		d.Fail(c.Off, "unknown canonical definition 0x%02x", uint8(c.Op))
	}
}

// zero reads a byte that is reserved.
func (d *sectionDecoder) zero(what string) {
	if b := d.Byte(); b != 0x00 {
		d.Fail(d.Offset()-1, "byte 0x%02x in %s, expected 0x00", b, what)
	}
}

func (d *sectionDecoder) canonOpts() []CanonOpt {
	n := d.Count("canonical options", MaxCanonOptions)
	if n == 0 {
		return nil
	}
	opts := make([]CanonOpt, 0, n)
	for range n {
		o := CanonOpt{Off: d.Offset(), Kind: CanonOptKind(d.Byte())}
		switch o.Kind {
		case OptUTF8, OptUTF16, OptLatin1UTF16, OptAsync, OptGC:
		case OptMemory, OptRealloc, OptPostReturn, OptCallback, OptCoreType:
			o.Index = d.U32()
		default:
			d.Fail(o.Off, "unknown canonical option 0x%02x", uint8(o.Kind))
		}
		opts = append(opts, o)
	}
	return opts
}
