;; A native extension for CPython, written by hand: the module `_answer` with one function,
;; `answer()`, that returns 42. As a shared library it is placed by the linker, so every address
;; is relative to its memory base.
;;
;;   0  "_answer"   8  "answer"   16  struct PyModuleDef (52 bytes)   68  struct PyMethodDef (16 bytes)
(module
  (@dylink.0 (mem-info (memory 100 2) (table 1 0)))
  (import "env" "memory" (memory 1))
  (import "env" "__memory_base" (global $memory i32))
  (import "env" "__table_base" (global $table i32))
  (import "env" "__indirect_function_table" (table 1 funcref))
  (import "env" "PyModule_Create2" (func $create (param $def i32) (param $abi i32) (result i32)))
  (import "env" "PyLong_FromLong" (func $int (param i32) (result i32)))

  (data (global.get $memory) "_answer\00answer\00")
  (elem (global.get $table) func $answer)

  (func $answer (param $self i32) (param $args i32) (result i32)
    (call $int (i32.const 42)))

  (func (export "PyInit__answer") (result i32)
    ;; m_base.ob_refcnt = 1, m_name, m_size = -1, m_methods
    (i32.store offset=16 (global.get $memory) (i32.const 1))
    (i32.store offset=36 (global.get $memory) (global.get $memory))
    (i32.store offset=44 (global.get $memory) (i32.const -1))
    (i32.store offset=48 (global.get $memory) (i32.add (global.get $memory) (i32.const 68)))
    ;; ml_name, ml_meth, ml_flags = METH_NOARGS
    (i32.store offset=68 (global.get $memory) (i32.add (global.get $memory) (i32.const 8)))
    (i32.store offset=72 (global.get $memory) (global.get $table))
    (i32.store offset=76 (global.get $memory) (i32.const 4))
    ;; PYTHON_API_VERSION
    (call $create (i32.add (global.get $memory) (i32.const 16)) (i32.const 1013))))
