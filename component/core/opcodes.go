package core

// Opcodes (core specification, section 5.4, and the exception handling, function
// references, GC and stack switching proposals). Instructions with a fixed
// typing are in simpleOps.
const (
	opUnreachable        = 0x00
	opNop                = 0x01
	opBlock              = 0x02
	opLoop               = 0x03
	opIf                 = 0x04
	opElse               = 0x05
	opTry                = 0x06
	opCatch              = 0x07
	opThrow              = 0x08
	opRethrow            = 0x09
	opThrowRef           = 0x0a
	opEnd                = 0x0b
	opBr                 = 0x0c
	opBrIf               = 0x0d
	opBrTable            = 0x0e
	opReturn             = 0x0f
	opCall               = 0x10
	opCallIndirect       = 0x11
	opReturnCall         = 0x12
	opReturnCallIndirect = 0x13
	opCallRef            = 0x14
	opReturnCallRef      = 0x15
	opDelegate           = 0x18
	opCatchAll           = 0x19
	opDrop               = 0x1a
	opSelect             = 0x1b
	opSelectTyped        = 0x1c
	opTryTable           = 0x1f
	opLocalGet           = 0x20
	opLocalSet           = 0x21
	opLocalTee           = 0x22
	opGlobalGet          = 0x23
	opGlobalSet          = 0x24
	opTableGet           = 0x25
	opTableSet           = 0x26
	opMemorySize         = 0x3f
	opMemoryGrow         = 0x40
	opI32Const           = 0x41
	opI64Const           = 0x42
	opF32Const           = 0x43
	opF64Const           = 0x44
	opRefNull            = 0xd0
	opRefIsNull          = 0xd1
	opRefFunc            = 0xd2
	opRefEq              = 0xd3
	opRefAsNonNull       = 0xd4
	opBrOnNull           = 0xd5
	opBrOnNonNull        = 0xd6
	opContNew            = 0xe0
	opContBind           = 0xe1
	opSuspend            = 0xe2
	opResume             = 0xe3
	opResumeThrow        = 0xe4
	opResumeThrowRef     = 0xe5
	opSwitch             = 0xe6
	opPrefixGC           = 0xfb
	opPrefixMisc         = 0xfc
	opPrefixV            = 0xfd
	opPrefixT            = 0xfe
)
