//! Whether an image still gets security fixes.

use super::ends::{ENDS, End};
use super::names::Name;
use super::release::{Distro, RELEASES, Release};
use super::tag::{Tag, is_version_of};
use super::{BaseFacts, Certainty, Date, Extra, ExtraImage};
use crate::context::Glob;
use crate::image_ref::ImageRef;

/// One thing in an image whose support ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndOfSupport {
    /// What it is, such as `Debian 10 (buster)` or `Python 3.7`.
    pub subject: String,
    /// The last supported day.
    pub date: Date,
    /// What to use instead.
    pub successor: Option<String>,
    /// Whether the packages have left the mirrors that the image is set up for, so that an install fails.
    pub mirrors_moved: bool,
    /// Whether the tag states it, or the table assumes it.
    pub certainty: Certainty,
}

/// The known ends of support of what an image holds, the earliest first. None of them need have come.
pub fn end_of_support<'e>(image: &ImageRef, extra: impl Into<Option<&'e Extra>>) -> Vec<EndOfSupport> {
    let extra = extra.into();
    let mut ends: Vec<EndOfSupport> = Vec::new();
    let tag_text = image.effective_tag().unwrap_or("");
    let tag = Tag::new(tag_text);
    let own = extra.map_or(&[][..], |extra| &extra.ends).iter().find(|end| {
        let names = [image.familiar(), image.repository()];
        let fits = is_version_of(&end.tag, tag.version())
            || Glob::parse(&end.tag).is_ok_and(|pattern| pattern.matches(tag_text));
        names.contains(&end.repository) && (end.tag.is_empty() || fits)
    });
    if let Some(end) = own {
        ends.push(EndOfSupport {
            subject: image.with_tag(tag_text),
            date: end.date,
            successor: end.successor.clone(),
            mirrors_moved: false,
            certainty: Certainty::Stated,
        });
    } else if let Some(end) = product_end(image, extra, &tag) {
        ends.push(end);
    }
    if let Some(facts) = BaseFacts::lookup(image, extra)
        && let Some(release) = facts.release
        && let Some(date) = release.end
    {
        ends.push(EndOfSupport {
            subject: release.title(),
            date,
            successor: successor_of(release).map(Release::title),
            mirrors_moved: release.mirrors_moved,
            certainty: facts.certainty,
        });
    }
    ends.sort_by_key(|end| end.date);
    ends
}

fn product_end(image: &ImageRef, extra: Option<&Extra>, tag: &Tag<'_>) -> Option<EndOfSupport> {
    // An image that is like another has that one's product too.
    let images = extra.map_or(&[][..], |extra| &extra.images);
    let like = images.iter().find(|row| row.applies(image)).and_then(|row: &ExtraImage| row.like.as_ref());
    if let Some(like) = like {
        let like = like.replace("$TAG", tag.text);
        let image = ImageRef::parse(&like).ok()?;
        return product_end(&image, None, &Tag::new(image.effective_tag()?));
    }
    let name = Name::of(image);
    let of_repo = |end: &&End| end.repos.contains(&name.repo.as_ref());
    let end =
        ENDS.iter().filter(of_repo).find(|end| end.version.is_empty() || is_version_of(end.version, tag.version()))?;
    let newest = ENDS.iter().filter(of_repo).filter(|other| other.date > end.date).max_by_key(|other| other.date);
    let subject = match end.version {
        "" => end.product.to_owned(),
        version => format!("{} {version}", end.product),
    };
    let successor = match end.successor {
        Some(successor) => Some(successor.to_owned()),
        None => newest.map(|newest| format!("{} {}", newest.product, newest.version)),
    };
    Some(EndOfSupport { subject, date: end.date, successor, mirrors_moved: false, certainty: Certainty::Stated })
}

/// The oldest release of the distribution that is supported longer, and by a year at least.
fn successor_of(release: &Release) -> Option<&'static Release> {
    let at = RELEASES.iter().position(|other| other == release)?;
    let end = release.end?;
    let later = RELEASES[at..].iter().filter(|other| other.distro == release.distro);
    let mut later = later.filter(|other| other.end.is_some_and(|date| date.days_since(end) > 360));
    match release.distro {
        // What is long past leads to what is current.
        Distro::CentOs => RELEASES.iter().find(|other| other.distro == Distro::Rocky && other.version == "9"),
        _ => {
            let lasting = |date: Date| date.days_since(super::TABLE_DATE) > 365;
            later.clone().find(|other| other.end.is_some_and(lasting)).or_else(|| later.next())
        }
    }
}
