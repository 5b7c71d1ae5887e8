package files

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
)

// Code is an error of wasi:filesystem. The numbers are those of WASI 0.2's enum
// error-code.
type Code uint8

// The error codes that this package gives.
const (
	CodeAccess             Code = 0
	CodeBadDescriptor      Code = 3
	CodeBusy               Code = 4
	CodeQuota              Code = 6
	CodeExist              Code = 7
	CodeFileTooLarge       Code = 8
	CodeInterrupted        Code = 11
	CodeInvalid            Code = 12
	CodeIO                 Code = 13
	CodeIsDirectory        Code = 14
	CodeLoop               Code = 15
	CodeTooManyLinks       Code = 16
	CodeNameTooLong        Code = 18
	CodeNoEntry            Code = 20
	CodeInsufficientMemory Code = 22
	CodeInsufficientSpace  Code = 23
	CodeNotDirectory       Code = 24
	CodeNotEmpty           Code = 25
	CodeUnsupported        Code = 27
	CodeNotPermitted       Code = 31
	CodePipe               Code = 32
	CodeReadOnly           Code = 33
	CodeInvalidSeek        Code = 34
	CodeTextFileBusy       Code = 35
	CodeCrossDevice        Code = 36
)

func (c Code) Error() string { return "wasi:filesystem: error-code " + strconv.Itoa(int(c)) }

// systemCodes are the error codes of the system's errors. Their order is that of
// the look-up.
var systemCodes = []struct {
	err  error
	code Code
}{
	{syscall.EACCES, CodeAccess},
	{syscall.EPERM, CodeNotPermitted},
	{syscall.EBADF, CodeBadDescriptor},
	{syscall.EBUSY, CodeBusy},
	{syscall.EDQUOT, CodeQuota},
	{syscall.ENOTEMPTY, CodeNotEmpty},
	{syscall.EEXIST, CodeExist},
	{syscall.EFBIG, CodeFileTooLarge},
	{syscall.EINTR, CodeInterrupted},
	{syscall.EINVAL, CodeInvalid},
	{syscall.EIO, CodeIO},
	{syscall.EISDIR, CodeIsDirectory},
	{syscall.ELOOP, CodeLoop},
	{syscall.EMLINK, CodeTooManyLinks},
	{syscall.ENAMETOOLONG, CodeNameTooLong},
	{syscall.ENOENT, CodeNoEntry},
	{syscall.ENOMEM, CodeInsufficientMemory},
	{syscall.ENOSPC, CodeInsufficientSpace},
	{syscall.ENOTDIR, CodeNotDirectory},
	{syscall.ENOTSUP, CodeUnsupported},
	{syscall.EPIPE, CodePipe},
	{syscall.EROFS, CodeReadOnly},
	{syscall.ESPIPE, CodeInvalidSeek},
	{syscall.ETXTBSY, CodeTextFileBusy},
	{syscall.EXDEV, CodeCrossDevice},
	{fs.ErrNotExist, CodeNoEntry},
	{fs.ErrExist, CodeExist},
	{fs.ErrPermission, CodeAccess},
	{fs.ErrInvalid, CodeInvalid},
	{fs.ErrClosed, CodeBadDescriptor},
}

// KnownCode is the error code of an error of the file system.
func KnownCode(err error) (Code, bool) {
	if code, ok := errors.AsType[Code](err); ok {
		return code, true
	}
	for _, s := range systemCodes {
		if errors.Is(err, s.err) {
			return s.code, true
		}
	}
	// os.Root has no sentinels of its own.
	switch text := err.Error(); {
	case strings.Contains(text, "path escapes from parent"):
		return CodeNotPermitted, true
	case strings.HasSuffix(text, "not a directory"):
		return CodeNotDirectory, true
	}
	return 0, false
}

// CodeOf is the error code of any error.
func CodeOf(err error) Code {
	if code, ok := KnownCode(err); ok {
		return code
	}
	return CodeIO
}
