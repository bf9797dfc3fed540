extension Diary {
  mutating func liveAsHouseholdOrAlly() {}
}
