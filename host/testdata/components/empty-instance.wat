;; Imports an instance that has nothing in it.
(component (import "nothing" (instance)))
