/// A text with slots such as `{{cpf}}`. It is parsed once and filled many times.
///
/// JSON never contains two consecutive opening braces, so the syntax needs no escapes.
struct BodyTemplate: Sendable {
    /// The kinds of slots. Slots with the same number after a colon, such as `{{uuid:1}}`, have the same value within a
    /// delivery.
    enum Slot: String, Sendable {
        // The values of the person, which are the same in all deliveries about the person.
        case givenName, familyName, cpf, cnpj, customer, institution, account, linkId, consentId, traceId, trackId
        // The values of the delivery.
        case uuid, hex16, hex24, hex32, hex64, digits2, digits4, digits8, amount, cents, token32, day, time, past
        case millis, merchant, otherCpf, code, latitude, score, direction, category, birthday, city, word
    }

    private enum Part: Sendable {
        case literal([UInt8])
        case slot(Slot, register: UInt64)
    }

    private let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        let opening = Array("{{".utf8)
        let closing = Array("}}".utf8)
        while let start = rest.firstRange(of: opening), let end = rest[start.upperBound...].firstRange(of: closing) {
            parts.append(.literal(Array(rest[..<start.lowerBound])))
            let name = String(decoding: rest[start.upperBound..<end.lowerBound], as: UTF8.self).split(separator: ":")
            guard let slot = Slot(rawValue: String(name[0])) else { preconditionFailure("no slot \(name)") }
            parts.append(.slot(slot, register: name.count > 1 ? UInt64(name[1]) ?? 0 : 0))
            rest = rest[end.upperBound...]
        }
        parts.append(.literal(Array(rest)))
        self.parts = parts
    }

    /// Adds the text with a value in each slot.
    func fill(_ text: inout ByteText, _ values: inout SlotValues) {
        for part in parts {
            switch part {
            case .literal(let bytes): text.add(bytes)
            case .slot(let slot, let register): values.add(slot, register, to: &text)
            }
        }
    }
}
