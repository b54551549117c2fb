internal import Foundation
internal import Yams

/// A course of events in a file: what is delivered, what goes wrong, how time passes, what has to come of it.
package struct Scenario: Sendable, Equatable {
    /// What it shows, in a sentence.
    package let title: String
    package let seed: UInt64
    package let steps: [ScenarioStep]

    /// Bytes of a file that is read.
    static let byteCountLimit = 1 << 20

    package static func read(_ path: String) throws(SandboxFailure) -> Scenario {
        let bytes = try InputFile.read(path, byteCountLimit: byteCountLimit)
        do throws(ScenarioProblem) {
            return try Scenario(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .badScenario(path: path, problem: error.text)
        }
    }

    package init(parsing text: String) throws(ScenarioProblem) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ScenarioProblem("it is not valid YAML")
        }
        guard let mapping = root?.mapping else { throw ScenarioProblem("it has to be a mapping with 'steps'") }
        var title = ""
        var seed: UInt64 = 1
        var steps: [ScenarioStep]?
        for (key, value) in mapping {
            switch key.string {
            case "title": title = value.string ?? ""
            case "seed":
                guard let number = value.string.flatMap({ UInt64($0) }) else {
                    throw ScenarioProblem("'seed' has to be a whole number")
                }
                seed = number
            case "steps":
                guard let list = value.sequence else { throw ScenarioProblem("'steps' has to be a list") }
                var read: [ScenarioStep] = []
                for (index, node) in list.enumerated() {
                    do throws(ScenarioProblem) {
                        read.append(try ScenarioStep(node))
                    } catch {
                        throw ScenarioProblem("step \(index + 1): \(error.text)")
                    }
                }
                steps = read
            default: throw ScenarioProblem("there is no '\(key.string ?? "?")'; there are title, seed and steps")
            }
        }
        guard let steps, !steps.isEmpty else { throw ScenarioProblem("it has no 'steps'") }
        self.title = title
        self.seed = seed
        self.steps = steps
    }
}

/// What is wrong with a scenario's text.
package struct ScenarioProblem: Error, Equatable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}
