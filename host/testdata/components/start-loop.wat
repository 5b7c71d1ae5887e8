;; A start function that does not return.
(component
  (core module $m
    (func $start (loop (br 0)))
    (start $start)
  )
  (core instance (instantiate $m))
)
