internal import StrictJSON

/// The path from the root of a JSON text to a value. A path shares the steps of its parent, so adding a step takes the
/// same time at any depth.
package final class ValuePath: Sendable {
    package enum Step: Sendable, Hashable {
        case name(String)
        case index(Int)
    }

    package static let root = ValuePath(parent: nil, last: nil)

    private let parent: ValuePath?
    package let last: Step?
    package let depth: Int

    private init(parent: ValuePath?, last: Step?) {
        self.parent = parent
        self.last = last
        self.depth = parent.map { $0.depth + 1 } ?? 0
    }

    package func appending(_ step: Step) -> ValuePath {
        ValuePath(parent: self, last: step)
    }

    /// The last member name in the path.
    package var lastName: String? {
        for step in steps.reversed() {
            if case .name(let name) = step { return name }
        }
        return nil
    }

    package var steps: [Step] {
        var steps: [Step] = []
        var place = self
        while let step = place.last, let parent = place.parent {
            steps.append(step)
            place = parent
        }
        return steps.reversed()
    }

    /// The path as text, such as `$.accounts[0].balance` or `$['odd name']`.
    package var text: String {
        steps.reduce(into: "$") { text, step in
            switch step {
            case .index(let index): text += "[\(index)]"
            case .name(let name): text += JSONPath.step(toMember: name)
            }
        }
    }
}
