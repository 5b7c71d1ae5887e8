package wasi

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
)

// ErrorCode is wasi:filesystem's enum error-code.
type ErrorCode uint8

// The error codes that this package gives.
const (
	CodeAccess             ErrorCode = 0
	CodeBadDescriptor      ErrorCode = 3
	CodeBusy               ErrorCode = 4
	CodeQuota              ErrorCode = 6
	CodeExist              ErrorCode = 7
	CodeFileTooLarge       ErrorCode = 8
	CodeInterrupted        ErrorCode = 11
	CodeInvalid            ErrorCode = 12
	CodeIO                 ErrorCode = 13
	CodeIsDirectory        ErrorCode = 14
	CodeLoop               ErrorCode = 15
	CodeTooManyLinks       ErrorCode = 16
	CodeNameTooLong        ErrorCode = 18
	CodeNoEntry            ErrorCode = 20
	CodeInsufficientMemory ErrorCode = 22
	CodeInsufficientSpace  ErrorCode = 23
	CodeNotDirectory       ErrorCode = 24
	CodeNotEmpty           ErrorCode = 25
	CodeUnsupported        ErrorCode = 27
	CodeNotPermitted       ErrorCode = 31
	CodePipe               ErrorCode = 32
	CodeReadOnly           ErrorCode = 33
	CodeInvalidSeek        ErrorCode = 34
	CodeTextFileBusy       ErrorCode = 35
	CodeCrossDevice        ErrorCode = 36
)

// codeError is an error code as a Go error.
type codeError ErrorCode

func (e codeError) Error() string { return "wasi:filesystem error" }

// systemCodes are the error codes of the system's errors. Their order is that of
// the look-up.
var systemCodes = []struct {
	err  error
	code ErrorCode
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

// knownErrorCode is the error code of an error of the file system.
func knownErrorCode(err error) (ErrorCode, bool) {
	if code, ok := errors.AsType[codeError](err); ok {
		return ErrorCode(code), true
	}
	for _, s := range systemCodes {
		if errors.Is(err, s.err) {
			return s.code, true
		}
	}
	// os.Root has no sentinel for paths that lead out of it.
	if strings.Contains(err.Error(), "path escapes from parent") {
		return CodeNotPermitted, true
	}
	return 0, false
}

func errorCodeOf(err error) ErrorCode {
	if code, ok := knownErrorCode(err); ok {
		return code
	}
	return CodeIO
}
