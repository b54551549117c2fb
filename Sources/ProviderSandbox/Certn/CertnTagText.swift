/// Correlation values of a trigger as one tag, the only free text that Certn gives back: `order=7;batch=b`.
enum CertnTagText {
    static func text(of members: [JSON.Member]) -> String {
        members.map { "\($0.name)=\($0.value.string ?? String(decoding: $0.value.bytes, as: UTF8.self))" }
            .joined(separator: ";")
    }
}
