/// A copy became the primary. Entries from here on belong to the new epoch.
package struct EpochRecord: Sendable, Equatable, Codable {
    /// 2 for the first promotion.
    package let number: Int64

    package init(number: Int64) {
        self.number = number
    }
}
