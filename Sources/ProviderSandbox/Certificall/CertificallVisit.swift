/// The pages that a Certilink leads its user to. A visit with GET changes nothing, so a mail scanner may follow the
/// link.
enum CertificallVisit {
    /// Characters of one answer; the rest is cut off.
    static let textLimit = 2000

    static func form(_ link: CertificallLink, _ world: World) -> APIReply {
        var steps = ""
        for step in link.frame.steps {
            let label = step.action == .photography ? "Remark on the photo" : "Text"
            steps += """
                <li><strong>\(HTML.escaped(step.title))</strong><br>\(HTML.escaped(step.description))<br>
                <label>\(label) <input name="\(fieldName(step))" maxlength="\(textLimit)"></label></li>
                """
        }
        let instructions = link.context?.instructions.map { "<p id=\"instructions\">\(HTML.escaped($0))</p>" } ?? ""
        return .page(
            title: link.frame.name,
            """
            \(instructions)<form method="post" action="\(HTML.escaped(link.url(world)))"><ol>\(steps)</ol>
            <button type="submit">Send</button></form>
            """)
    }

    static func thanks(_ content: CertificallCase, _ world: World) -> APIReply {
        .page(
            title: "Thank you",
            """
            <p>Your certificate is <strong id="cfRef">\(content.cfRef)</strong>.</p>
            <p><a href="\(content.url(baseURL: world.baseURL))">Download it</a></p>
            """)
    }

    /// Why a link leads nowhere; nil stands for one that never was.
    static func closed(_ obstacle: CertificallLink.Obstacle?) -> APIReply {
        switch obstacle {
        case nil: .page(404, title: "Unknown link", "<p>There is no such link.</p>")
        case .disabled: .page(410, title: "Link switched off", "<p>This link was switched off.</p>")
        case .expired: .page(410, title: "Link expired", "<p>This link has expired.</p>")
        case .usedUp: .page(410, title: "Link used up", "<p>This link was used as often as it may be.</p>")
        }
    }

    /// What the user wrote, by step; steps that were left empty are not in it.
    static func texts(_ request: APIRequest, _ frame: CertificallFrame) -> [Int: String] {
        var texts: [Int: String] = [:]
        for step in frame.steps {
            guard let text = request.formValue(fieldName(step)), !text.isEmpty else { continue }
            texts[step.id] = String(text.prefix(textLimit))
        }
        return texts
    }

    private static func fieldName(_ step: CertificallFrame.Step) -> String {
        "step-\(step.id)"
    }
}
