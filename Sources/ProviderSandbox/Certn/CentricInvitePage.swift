/// The page that an invited person opens and sends.
enum CentricInvitePage {
    static let unknown = APIReply.page(404, title: "No such invitation", "<p>This link leads nowhere.</p>")
    static let done = APIReply.page(title: "Nothing left to do", "<p>Thank you. Everything was sent.</p>")

    static func url(of id: String, _ world: World) -> String {
        "\(world.baseURL)/centric/invite?case=\(id)"
    }

    static func form(_ candidate: CentricCase, _ world: World) -> APIReply {
        .page(
            title: "Your background check",
            """
            <form method="post" action="\(HTML.escaped(url(of: candidate.id, world)))">
            <p><label>First name <input name="given_name" required></label></p>
            <p><label>Last name <input name="family_name" required></label></p>
            <p><label>Date of birth <input name="date_of_birth" type="date" required></label></p>
            <p><button>Consent and submit</button></p></form>
            """)
    }

    /// What the person wrote; for fields left out, what the order said, or a person made up.
    static func claims(_ request: APIRequest, of candidate: CentricCase) -> JSON {
        func written(_ name: String, _ known: JSON?, _ otherwise: String) -> JSON {
            if let text = request.formValue(name), text.contains(where: { !$0.isWhitespace }) { return .string(text) }
            return known ?? .string(otherwise)
        }
        let name = candidate.inputClaims["name"]
        return candidate.inputClaims
            .setting(
                "name",
                [
                    "given_name": written("given_name", name?["given_name"], "Ana"),
                    "family_name": written("family_name", name?["family_name"], "Souza"),
                ]
            )
            .setting("date_of_birth", written("date_of_birth", candidate.inputClaims["date_of_birth"], "1990-02-28"))
    }
}
