-- Converts a document to a page of the site: changes links to sources into links to pages, and adds the navigation.
-- Metadata from make: source, the document's path in the checkout; navigation-file; links-file, to which the filter
-- writes the path of each linked file.

local navigation_source = 'release/site/navigation.md'

--- The path in the checkout for a link in a document.
local function resolve(from, link)
  local parts = {}
  for part in ((from:match('^(.*/)') or '') .. link):gmatch('[^/]+') do
    if part == '..' then
      table.remove(parts)
    elseif part ~= '.' then
      table.insert(parts, part)
    end
  end
  return table.concat(parts, '/')
end

local function language(source)
  return source:match('%.zh%.md$') and 'zh' or 'en'
end

local function has_chinese(text)
  for _, code in utf8.codes(text) do
    if code >= 0x4e00 and code <= 0x9fff then
      return true
    end
  end
  return false
end

local function file_exists(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

function Pandoc(doc)
  local source = pandoc.utils.stringify(doc.meta.source)
  local links = {}
  local navigation = pandoc.read(
    io.open(pandoc.utils.stringify(doc.meta['navigation-file'])):read('a'), 'gfm').blocks:filter(function(block)
      return block.t == 'BulletList'
    end)
  local front
  local names = {}
  pandoc.walk_block(pandoc.Div(navigation), {
    Link = function(link)
      local path = resolve(navigation_source, link.target)
      front = front or path
      names[path] = names[path] or link.content
    end,
  })

  --- The place in the site for a path of the checkout.
  local function place(path)
    if path == front then
      return 'index.html'
    end
    -- README.html is the checkout's README.
    if path == 'docs/README.md' then
      return 'pages.html'
    end
    -- security.html is docs/security.md, and some disks ignore case.
    if path == 'SECURITY.md' then
      return 'security-policy.html'
    end
    -- Many servers don't serve directories whose name begins with a dot.
    local inside = path:gsub('^docs/', ''):gsub('^%.', '')
    if path:match('%.svg$') or path:match('%.png$') then
      return inside
    end
    return (inside:gsub('%.md$', ''):gsub('%.1$', '')) .. '.html'
  end

  local root = place(source):gsub('[^/]', ''):gsub('/', '../')

  --- The link in the site for a link in a document; external links are unchanged.
  local function rewrite(from, link)
    if link:match('^%a[%w+.-]*:') or link:match('^#') then
      return link
    end
    local path, anchor = link:match('^([^#]*)(.*)$')
    path = resolve(from, path)
    links[path] = true
    return root .. place(path) .. anchor
  end

  local function link_in(from)
    -- The navigation is in English on every page.
    local around = language(from)
    return function(link)
      local path = resolve(from, link.target:match('^[^#]*'))
      link.target = rewrite(from, link.target)
      -- Replace a file name as link text by the page's name in the navigation.
      if names[path] and pandoc.utils.stringify(link) == path:match('[^/]*$') then
        link.content = names[path]
      end
      if language(path) ~= around and path:match('%.md$') then
        link.attributes.hreflang = language(path)
        if has_chinese(pandoc.utils.stringify(link)) == (language(path) == 'zh') then
          link.attributes.lang = language(path)
        end
      end
      if from == navigation_source and path == source then
        link.attributes['aria-current'] = 'page'
      end
      return link
    end
  end

  local function manual_page(doc)
    local name = source:match('([^/]+)%.1$')
    local title = name:gsub('-', ' ', 1)
    doc.blocks = pandoc.Div(doc.blocks):walk({
      Header = function(header)
        local text = pandoc.utils.stringify(header)
        local words = text:sub(1, 1) .. text:sub(2):lower()
        return pandoc.Header(2, words, pandoc.Attr((words:lower():gsub(' ', '-'))))
      end,
      DefinitionList = function(list)
        for _, item in ipairs(list.content) do
          local term = pandoc.utils.stringify(item[1])
          local id = term:match('%-%-([%w-]+)') or term:match('^%-(%w)')
          if not term:match('%(1%)$') then
            item[1] = { pandoc.Span({ pandoc.Code(term) }, pandoc.Attr(id and 'option-' .. id or '')) }
          end
        end
        return list
      end,
    }):walk({
      Str = function(str)
        local page, rest = str.text:match('^(backline[%w-]*)%(1%)(.*)$')
        if page then
          return { pandoc.Link({ pandoc.Code((page:gsub('-', ' ', 1))) }, page .. '.1'), pandoc.Str(rest) }
        end
      end,
    }).content
    -- Skip the name section: title and description contain it.
    while doc.blocks[1] and not (doc.blocks[1].t == 'Header' and doc.blocks[1].identifier == 'synopsis') do
      doc.blocks:remove(1)
    end
    local synopsis = doc.blocks[2]
    doc.blocks[2] = pandoc.CodeBlock(pandoc.utils.stringify(synopsis))
    doc.blocks:insert(1, pandoc.Header(1, title))
  end

  if source:match('%.1$') then
    manual_page(doc)
  end

  doc.blocks = pandoc.Div(doc.blocks):walk({
    -- Convert the few HTML tags in the documents to pandoc's elements, so that the rules below apply to them.
    RawInline = function(raw)
      return pandoc.utils.blocks_to_inlines(pandoc.read(raw.text, 'html').blocks)
    end,
    RawBlock = function(raw)
      return pandoc.read(raw.text, 'html').blocks
    end,
  }):walk({
    Link = link_in(source),
    Image = function(image)
      image.src = rewrite(source, image.src)
      return image
    end,
    -- Let the content determine column widths, in a box that scrolls if it is too wide for the screen.
    Table = function(tab)
      for _, column in ipairs(tab.colspecs) do
        column[2] = nil
      end
      return pandoc.Div({ tab }, pandoc.Attr('', { 'wide' }))
    end,
  }):walk({
    -- Link a picture to its full size.
    Para = function(para)
      local image = para.content[1]
      if #para.content == 1 and image.t == 'Image' then
        local kind = image.src:match('%.svg$') and 'wide drawing' or 'picture'
        return pandoc.Div({ pandoc.Plain({ pandoc.Link({ image }, image.src) }) }, pandoc.Attr('', { kind }))
      end
    end,
  }).content

  local title
  local sections = pandoc.List()
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Header' then
      local text = pandoc.utils.stringify(block)
      title = title or text
      if block.level == 2 then
        sections:insert({ pandoc.Plain({
          pandoc.Link(block.content, '#' .. block.identifier, '', { lang = language(source) }),
        }) })
      end
    end
  end

  navigation = pandoc.Div(navigation):walk({ Link = link_in(navigation_source) }):walk({
    BulletList = function(list)
      for _, item in ipairs(list.content) do
        local current = false
        pandoc.walk_block(item[1], {
          Link = function(link)
            current = current or link.attributes['aria-current'] ~= nil
          end,
        })
        if current and #sections > 1 then
          table.insert(item, pandoc.BulletList(sections))
        end
      end
      return list
    end,
  })

  local other = source:match('%.zh%.md$') and source:gsub('%.zh%.md$', '.md') or source:gsub('%.md$', '.zh.md')
  if other ~= source and file_exists(other) then
    doc.meta.translation = { lang = language(other), href = root .. place(other) }
  end
  doc.meta.lang = language(source)
  doc.meta.chinese = language(source) == 'zh'
  doc.meta.root = pandoc.RawInline('html', root)
  doc.meta.pagetitle = title and title .. ' – backline' or 'backline'
  doc.meta.navigation = pandoc.MetaBlocks(navigation.content)

  local out = io.open(pandoc.utils.stringify(doc.meta['links-file']), 'w')
  for path in pairs(links) do
    out:write(path, '\t', place(path), '\t', source, '\n')
  end
  out:close()
  return doc
end
