/// One result of `doctor`: the state, a sentence, and what to do.
package struct Finding: Equatable {
    package enum State: String {
        case fine
        /// Something works now but may stop working.
        case warning
        /// Something does not work, or loses data.
        case problem
    }

    package let topic: String
    package let state: State
    package let text: String
    package let advice: String?

    package static func fine(_ topic: String, _ text: String) -> Finding {
        Finding(topic: topic, state: .fine, text: text, advice: nil)
    }

    package static func warning(_ topic: String, _ text: String, advice: String?) -> Finding {
        Finding(topic: topic, state: .warning, text: text, advice: advice)
    }

    package static func problem(_ topic: String, _ text: String, advice: String?) -> Finding {
        Finding(topic: topic, state: .problem, text: text, advice: advice)
    }
}
