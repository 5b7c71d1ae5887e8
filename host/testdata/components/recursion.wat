;; Calls itself without end, asynchronously.
(component
  (core module $Libc (table (export "table") 1 funcref))
  (core instance $libc (instantiate $Libc))
  (core module $M
    (import "libc" "table" (table 1 funcref))
    (import "" "task.return" (func $return (param i32)))
    (type $self (func (param i32) (result i32)))
    (func (export "run")
      (drop (call_indirect (type $self) (i32.const 64) (i32.const 0)))
      (call $return (i32.const 42)))
    (memory (export "mem") 1))
  (core func $return (canon task.return (result u32)))
  (core instance $m (instantiate $M
    (with "libc" (instance $libc))
    (with "" (instance (export "task.return" (func $return))))))
  (func $run async (result u32) (canon lift (core func $m "run") async))
  (core func $self (canon lower (func $run) async (memory (core memory $m "mem"))))
  ;; Gives the module the function that it exports.
  (core module $Fix
    (import "libc" "table" (table 1 funcref))
    (import "" "self" (func $self (param i32) (result i32)))
    (elem (i32.const 0) func $self))
  (core instance (instantiate $Fix
    (with "libc" (instance $libc))
    (with "" (instance (export "self" (func $self))))))
  (export "run" (func $run)))
