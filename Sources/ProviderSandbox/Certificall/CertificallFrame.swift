/// What a case asks its user for (PROVIDERS.md 4.2). The two frames of the documentation are the only ones.
struct CertificallFrame: Sendable, Equatable {
    struct Step: Sendable, Equatable {
        /// The kind of item that fills a step. The list of frames does not tell it.
        enum Action: String, Sendable {
            case photography = "PHOTOGRAPHY"
            case textField = "TEXT_FIELD"
        }

        let id: Int
        let title: String
        let description: String
        let action: Action
    }

    let id: Int
    let name: String
    let steps: [Step]

    static let visual = CertificallFrame(
        id: 1, name: "Visual Inspection",
        steps: [
            Step(
                id: 10, title: "Equipment photo", description: "Take a photo of the equipment to inspect",
                action: .photography),
            Step(
                id: 11, title: "General condition", description: "Evaluate the general condition of the equipment",
                action: .textField),
        ])

    static let technical = CertificallFrame(
        id: 2, name: "Technical Inspection",
        steps: [
            Step(
                id: 20, title: "Electrical verification", description: "Check electrical installations",
                action: .textField)
        ])

    static let all = [visual, technical]

    static func with(id: Int) -> CertificallFrame? {
        all.first { $0.id == id }
    }

    /// As `GET /frames` lists it.
    var json: JSON {
        [
            "id": .integer(id), "name": .string(name),
            "steps": .array(
                steps.map {
                    ["id": .integer($0.id), "title": .string($0.title), "description": .string($0.description)]
                }),
        ]
    }
}
