package heap

// layout holds the offsets, in bytes, that differ between the supported
// versions; what is the same in all of them is a constant below.
type layout struct {
	minor int

	// runtime and interpreter state
	interpHead                                  uint32
	next, gc, sysdict, builtins, importsModules uint32

	tupleItems  uint32
	codeUnits   uint32
	frozenRow   uint32 // bytes of a row in a table of frozen modules
	valuesHead  uint32 // bytes before the array of split values
	inlineFlag  uint32 // type flag: values lie inside the instance, or 0
	managedDict uint32 // type flag: dict pointer before the instance
	oddValues   bool   // the managed word is tagged: odd = values
}

var layout312 = layout{
	minor:      12,
	interpHead: 28,
	next:       0, gc: 88, sysdict: 228, builtins: 232, importsModules: 544,
	tupleItems:  12,
	codeUnits:   124,
	frozenRow:   20,
	managedDict: 1 << 4,
	oddValues:   true,
}

// Where 3.14 keeps its runtime and interpreter state is told by the table at
// the start of its runtime.
var layout314 = layout{
	minor:       14,
	tupleItems:  16,
	codeUnits:   128,
	frozenRow:   16,
	valuesHead:  4,
	inlineFlag:  1 << 2,
	managedDict: 1 << 4,
}

// Offsets common to all supported versions (wasm32, build with the GIL).
const (
	offRefcnt = 0
	offType   = 4
	offSize   = 8 // of objects of variable size
	headSize  = 8 // of the collector's head before a tracked object

	offManaged = 12 // before the object: pointer to its dict or values

	offStrLength = 8
	offStrState  = 16
	offStrASCII  = 20
	offStrWide   = 28

	offBytesData = 16

	offIntTag    = 8
	offIntDigits = 12

	offFloat = 8

	offFileDescriptor = 8  // of a FileIO
	offDateTime       = 13 // of a datetime: year, month, day, hour, minute, second, microsecond
	dateTimeSize      = 10

	offListItems = 12

	offSetUsed  = 12
	offSetMask  = 16
	offSetTable = 20

	offDictUsed   = 8
	offDictKeys   = 24
	offDictValues = 28

	offKeysLogIndex = 5
	offKeysKind     = 6
	offKeysEntries  = 16
	offKeysIndices  = 20

	offTypeName       = 12
	offTypeBasicSize  = 16
	offTypeItemSize   = 20
	offTypeFlags      = 84
	offTypeBase       = 128
	offTypeDict       = 132
	offTypeDictOffset = 144
	offTypeBases      = 168
	offTypeMRO        = 172
	offHeapName       = 428
	offHeapQualName   = 436
	offHeapCachedKeys = 440

	offModuleDict = 8

	offFuncGlobals    = 8
	offFuncName       = 16
	offFuncQualName   = 20
	offFuncCode       = 24
	offFuncDefaults   = 28
	offFuncKwDefaults = 32
	offFuncClosure    = 36
	offFuncDoc        = 40
	offFuncDict       = 44
	offFuncModule     = 52

	offCodeConsts      = 12
	offCodeNames       = 16
	offCodeExceptions  = 20
	offCodeFlags       = 24
	offCodeArgCount    = 28
	offCodeFirstLine   = 44
	offCodeLocals      = 72
	offCodeLocalKinds  = 76
	offCodeFileName    = 80
	offCodeName        = 84
	offCodeQualName    = 88
	offCodeLineTable   = 92
	offBuiltinDef      = 8
	offBuiltinSelf     = 12
	offBuiltinModule   = 16
	offWrapped         = 8  // staticmethod, classmethod, cell, partial, method
	offMethodSelf      = 12 // of a bound method
	offPropertySetter  = 12
	offPropertyDeleter = 16
	offDescrName       = 12
	offDescrMember     = 20
	offMemberType      = 4
	offMemberOffset    = 8
)

// Types of a class member that are pointers to objects.
const (
	memberObject   = 6
	memberObjectEx = 16
)

// Bits of a type's flags.
const (
	flagHeapType = 1 << 9
	flagTracked  = 1 << 14
	flagInt      = 1 << 24
	flagList     = 1 << 25
	flagTuple    = 1 << 26
	flagBytes    = 1 << 27
	flagStr      = 1 << 28
	flagDict     = 1 << 29
	flagType     = 1 << 31
)

// Kinds of a table of dict keys.
const (
	keysGeneral = 0
	keysUnicode = 1
	keysSplit   = 2
)
