internal import Yams

/// What the attempts since the last `expect` have to be.
package struct ScenarioExpectation: Sendable, Equatable {
    package let attempts: Int?
    /// Attempts that were answered with 2xx.
    package let delivered: Int?
    /// The answers' statuses in their order; 0 for none.
    package let statuses: [Int]?

    init(_ fields: inout StepFields) throws(ScenarioProblem) {
        attempts = try fields.number("attempts")
        delivered = try fields.number("delivered")
        if let node = fields.node("statuses") {
            let numbers = node.sequence?.map { $0.string.flatMap { Int($0) } } ?? [nil]
            guard !numbers.contains(nil) else { throw ScenarioProblem("'statuses' has to be a list of numbers") }
            statuses = numbers.compactMap { $0 }
        } else {
            statuses = nil
        }
    }
}
