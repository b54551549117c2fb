@testable import BodyCompression

extension DictionaryTrainer {
    static func train(
        on bodies: [[UInt8]], byteCountLimit: Int = PresetDictionary.byteCountLimit
    ) -> PresetDictionary? {
        train(on: bodies, byteCountLimit: byteCountLimit, {})
    }
}

extension DictionaryTrial {
    init(on heldOut: [[UInt8]], level: Int, current: PresetDictionary?, candidate: PresetDictionary) {
        self.init(on: heldOut, level: level, current: current, candidate: candidate, {})
    }
}
