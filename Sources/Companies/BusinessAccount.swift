extension Diary {
  mutating func liveAsAccount() {}
}
