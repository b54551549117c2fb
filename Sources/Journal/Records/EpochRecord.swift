/// A copy became the primary. The record is the first entry of the new epoch.
package struct EpochRecord: Sendable, Equatable, Codable {
    /// The number of the epoch: 2 after the first promotion.
    package let number: Int64

    package init(number: Int64) {
        self.number = number
    }
}
